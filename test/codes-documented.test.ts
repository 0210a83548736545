import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createCudaBackend } from '@switchyard/backend-cuda';
import { createMpsCoremlBackend } from '@switchyard/backend-mps-coreml';
import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { createWebgpuBackend } from '@switchyard/backend-webgpu';
import { ERROR_CODES, REASON_CODES } from '@switchyard/core';
import { MACHINE_NAMES } from '@switchyard/core/machines';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { BACKENDS, readText, repositoryFiles, ROOT } from './workspace.ts';

/** Rows of the tables of a page: what the first cell has in backticks, and the rest of the row. */
function rows(page: string): { readonly key: string; readonly rest: string }[] {
  return [...page.matchAll(/^\|\s*`([^`]+)`\s*\|(.*)\|\s*$/gm)].map((match) => ({
    key: match[1]!,
    rest: match[2]!,
  }));
}

/** The literals of a union of texts, which leaves nothing to import at run time. */
function unionMembers(path: string, name: string): string[] {
  const { program } = parseSync(path, readText(path));
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    if (declaration?.type !== 'TSTypeAliasDeclaration' || declaration.id.name !== name) continue;
    if (declaration.typeAnnotation.type !== 'TSUnionType') break;
    return declaration.typeAnnotation.types.map((type) => {
      if (type.type === 'TSLiteralType' && type.literal.type === 'Literal') return String(type.literal.value);
      throw new Error(`${name} of ${path} has a member that is no text.`);
    });
  }
  throw new Error(`${path} exports no union ${name}.`);
}

const CODE = /^[a-z]+(?:-[a-z]+)*$/;
const ONNX_CODES = unionMembers('packages/onnx/src/errors/onnx-file-error.ts', 'OnnxFileErrorCode');

describe('docs/reference/reason-codes.md', () => {
  const page = () => rows(readText('docs/reference/reason-codes.md'));

  it('has one row for every reason code and no other', () => {
    const keys = page().map(({ key }) => key);
    expect(keys.toSorted()).toEqual(Object.keys(REASON_CODES).toSorted());
  });

  it.each(Object.keys(REASON_CODES))('says what `%s` means', (code) => {
    expect(page().find(({ key }) => key === code)?.rest ?? '').toMatch(/[A-Za-z]{3}/);
  });
});

describe('docs/reference/errors.md', () => {
  const page = () => rows(readText('docs/reference/errors.md')).filter(({ key }) => CODE.test(key));

  it('finds the codes of OnnxFileError', () => {
    expect(ONNX_CODES).toContain('model-not-onnx');
    expect(new Set(ONNX_CODES).size).toBe(ONNX_CODES.length);
  });

  it.each([...new Set([...Object.keys(ERROR_CODES), ...ONNX_CODES])])('says what `%s` means', (code) => {
    expect(page().find(({ key }) => key === code)?.rest ?? '').toMatch(/[A-Za-z]{3}/);
  });

  it('names no code that does not exist', () => {
    const existing = [...Object.keys(ERROR_CODES), ...Object.keys(REASON_CODES), ...ONNX_CODES];
    const unknown = page().filter(({ key }) => !existing.includes(key));
    expect(unknown).toEqual([]);
  });
});

describe('docs/backends', () => {
  const backends = [
    createCpuBackend(),
    createCudaBackend(),
    createMpsCoremlBackend(),
    createOpenvinoBackend(),
    createWasmBackend(),
    createWebgpuBackend(),
  ].map(({ manifest }) => ({ manifest, id: manifest.id, file: `docs/backends/${manifest.id}.md` }));

  it('are asked about every backend of the workspace', () => {
    expect(backends.map(({ manifest }) => manifest.package.name).toSorted()).toEqual(
      BACKENDS.map(({ manifest }) => manifest.name).toSorted(),
    );
  });

  describe.each(backends)('$id', ({ manifest, file }) => {
    it('has a page with the headings that every backend page has, in their order', () => {
      expect([...readText(file).matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
        'Needs',
        'Opt-in',
        'Devices',
        'Options',
        'Limits',
        'Tested on',
      ]);
    });

    it('leaves no heading empty', () => {
      const sections = readText(file)
        .split(/^## .+$/m)
        .slice(1);
      for (const section of sections) expect(section).toMatch(/\S/);
    });

    it('names every option, and no option that does not exist', () => {
      const section = /^## Options$([\s\S]*?)^## /m.exec(readText(file))?.[1] ?? '';
      const options = Object.keys(manifest.options);
      expect(options.filter((option) => !section.includes(`\`${option}\``))).toEqual([]);
      expect(rows(section).filter(({ key }) => !options.includes(key))).toEqual([]);
    });

    it('names the package and the id, and says whether it is opt-in with the switch that is right', () => {
      const page = readText(file);
      expect(page).toContain(manifest.package.name);
      const section = /^## Opt-in$([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
      if (manifest.optIn) expect(section).toContain(`--enable ${manifest.id}`);
      else expect(section).toMatch(/\b(?:no|not)\b/i);
    });
  });
});

describe('docs/reference/machines.md', () => {
  it('has one row for every machine and no other', () => {
    const machines = rows(readText('docs/reference/machines.md')).map(({ key }) => key);
    expect(machines).toEqual([...MACHINE_NAMES]);
  });
});

describe('pages that messages and comments point to', () => {
  it('exist', () => {
    const named = repositoryFiles('packages/*.ts', 'apps/*.ts', '*.md')
      .filter((path) => !path.includes('/__fixtures__/'))
      .flatMap((path) =>
        [...readText(path).matchAll(/(?<![\w/.-])docs\/[a-z\d/-]+\.md\b/g)].map(([page]) => ({ page, path })),
      );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ page }) => !existsSync(join(ROOT, page)))).toEqual([]);
  });
});
