import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packageOf, sourceImports } from './source-imports.ts';
import {
  EXAMPLES,
  moduleEntries,
  PUBLISHED,
  readManifest,
  repositoryFiles,
  type WorkspacePackage,
} from './workspace.ts';

/** Which packages of this workspace the sources of a package may name, by the package's name. */
function allowed(name: string): RegExp {
  switch (name) {
    case '@switchyard/core':
    case '@switchyard/onnx':
    case '@switchyard/open-inference': {
      return /^$/;
    }
    case '@switchyard/composition':
    case '@switchyard/ort-host':
    case '@switchyard/runtime':
    // Over openvino-node; it knows nothing of ONNX Runtime.
    case '@switchyard/backend-openvino': {
      return /^@switchyard\/core$/;
    }
    // What the author of any backend can import, and nothing else.
    case '@switchyard/backend-wasm': {
      return /^@switchyard\/(?:core|onnx)$/;
    }
    // The tests that every backend runs: it knows the contract and the runtime, and no backend.
    case '@switchyard/backend-conformance': {
      return /^@switchyard\/(?:core|onnx|runtime)$/;
    }
    case '@switchyard/cli': {
      return /^@switchyard\/(?:core|composition|runtime|onnx|server|backend-[a-z-]+)$/;
    }
    case '@switchyard/server': {
      return /^@switchyard\/(?:core|composition|runtime|onnx|open-inference|backend-[a-z-]+)$/;
    }
    case '@switchyard/create-backend': {
      // What its templates name; its own sources name nobody.
      return /^@switchyard\/(?:core|runtime|backend-cpu|backend-conformance)$/;
    }
    default: {
      if (name.startsWith('@switchyard/backend-')) return /^@switchyard\/(?:core|ort-host)$/;
      throw new Error(`No directions are known for ${name}; add them here from docs/architecture.md.`);
    }
  }
}

const isTest = (path: string) => /\.test(?:-d)?\.ts$|\/__fixtures__\//.test(path);
const codeOf = ({ folder }: WorkspacePackage) => repositoryFiles(`${folder}/*.ts`, `${folder}/*.mjs`);
const sourcesOf = (place: WorkspacePackage) =>
  codeOf(place).filter((path) => path.startsWith(`${place.folder}/src/`) && !isTest(path));

const WORKSPACE = new Map(PUBLISHED.map((place) => [place.manifest.name, place] as const));

describe('the scanner', () => {
  it('sees every way of naming a module, and nothing in comments and texts', () => {
    const text = [
      "import one from 'one';",
      "import type { Two } from 'two';",
      "import 'three';",
      "export * from 'four';",
      "export type { Five } from 'five';",
      "const six = await import('six');",
      "type Seven = import('seven').Seven;",
      "const eight = createRequire(import.meta.url)('eight/part');",
      "const nine = require.resolve('nine');",
      "const ten = createRequire(here).resolve('ten/package.json');",
      "// import 'comment';",
      "const text = `import 'text'; require('text')`;",
      "const fact = { path: 'fact' };",
    ].join('\n');
    expect(
      importsOf('sample.ts', text).toSorted((left, right) => left.specifier.localeCompare(right.specifier)),
    ).toEqual([
      { specifier: 'eight/part', typeOnly: false },
      { specifier: 'five', typeOnly: true },
      { specifier: 'four', typeOnly: false },
      { specifier: 'nine', typeOnly: false },
      { specifier: 'one', typeOnly: false },
      { specifier: 'seven', typeOnly: true },
      { specifier: 'six', typeOnly: false },
      { specifier: 'ten/package.json', typeOnly: false },
      { specifier: 'three', typeOnly: false },
      { specifier: 'two', typeOnly: true },
    ]);
  });

  it('tells packages from files and from parts of Node', () => {
    expect(['@scope/name/part', 'name/part', './file.ts', 'node:fs'].map((word) => packageOf(word))).toEqual([
      '@scope/name',
      'name',
      null,
      null,
    ]);
  });
});

describe.each(PUBLISHED)('$folder', (place) => {
  const { folder, manifest } = place;
  const sources = sourcesOf(place);
  // All of the kit is for tests.
  const isKit = manifest.name === '@switchyard/backend-conformance';

  it('has sources', () => {
    expect(sources).toContain(`${folder}/src/index.ts`);
  });

  it('names only the packages of this workspace that its room may know', () => {
    const rule = allowed(manifest.name);
    const wrong = sources.flatMap((path) =>
      sourceImports(path)
        .map(({ specifier }) => packageOf(specifier))
        .filter(
          (name) => name?.startsWith('@switchyard/') === true && name !== manifest.name && !rule.test(name),
        )
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(declared.filter((name) => name.startsWith('@switchyard/') && !rule.test(name))).toEqual([]);
  });

  it('declares everything that its sources name', () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const wrong = sources.flatMap((path) =>
      sourceImports(path)
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => name !== null && name !== manifest.name && !Object.hasOwn(declared, name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('names other packages by their exports, and what is for tests in tests only', () => {
    const wrong = codeOf(place).flatMap((path) =>
      sourceImports(path)
        .filter(({ specifier }) => {
          const target = WORKSPACE.get(packageOf(specifier) ?? '');
          if (target === undefined) return false;
          const subpaths = Object.keys(target.manifest.exports ?? {});
          const entries = moduleEntries(target.manifest).map((entry) => entry.specifier);
          const subpath = specifier.replace(target.manifest.name, '.');
          const known = entries.includes(specifier) || subpaths.some((key) => fits(key, subpath));
          // What a package offers for tests may build on what another one offers for tests.
          const forTests = isTest(path) || path.startsWith(`${folder}/src/testing/`) || isKit;
          return !known || (specifier.endsWith('/testing') && !forTests);
        })
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('stays inside its own folder', () => {
    const wrong = codeOf(place).flatMap((path) =>
      sourceImports(path)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => posix.join(posix.dirname(path), specifier))
        .filter((target) => !target.startsWith(`${folder}/`))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps even its tests off the rooms above it', () => {
    // Tests may use what builds models, and the runtime's and the kit's real backends; a backend's tests still know no
    // runtime, app or other backend.
    const helpers = /^@switchyard\/(?:core|onnx|ort-host|tooling|backend-conformance)$/;
    const rule = {
      test: (name: string) =>
        allowed(manifest.name).test(name) ||
        helpers.test(name) ||
        ((manifest.name === '@switchyard/runtime' || isKit) && name.startsWith('@switchyard/backend-')),
    };
    const wrong = codeOf(place).flatMap((path) =>
      sourceImports(path)
        .map(({ specifier }) => packageOf(specifier))
        .filter(
          (name) => name?.startsWith('@switchyard/') === true && name !== manifest.name && !rule.test(name),
        )
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(EXAMPLES)('$folder', (place) => {
  it('uses Switchyard as a user does: through exports, declared', () => {
    const declared = { ...place.manifest.dependencies, ...place.manifest.devDependencies };
    const named = codeOf(place).flatMap((path) =>
      sourceImports(path)
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => name?.startsWith('@switchyard/') === true)
        .map((name) => name!),
    );
    expect(named).not.toEqual([]);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(declared, name))).toEqual([]);
  });
});

describe('backend-wasm is written as a third party would write it', () => {
  const place = WORKSPACE.get('@switchyard/backend-wasm')!;

  it('imports published packages by their main entry, its engine, and Node.js', () => {
    const named = sourcesOf(place)
      .flatMap((path) => sourceImports(path).map(({ specifier }) => specifier))
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
    expect([...new Set(named)].toSorted()).toEqual([
      '@switchyard/core',
      '@switchyard/onnx',
      'onnxruntime-web',
    ]);
    for (const name of ['@switchyard/core', '@switchyard/onnx']) {
      const { manifest } = WORKSPACE.get(name)!;
      expect(manifest.private).not.toBe(true);
      expect(manifest.publishConfig?.access).toBe('public');
    }
  });
});

describe('native libraries', () => {
  const sources = PUBLISHED.flatMap((place) => sourcesOf(place));
  const owners = (library: RegExp, types: boolean) =>
    sources.filter((path) =>
      sourceImports(path).some(
        ({ specifier, typeOnly }) => (types || !typeOnly) && library.test(packageOf(specifier) ?? ''),
      ),
    );

  it('onnxruntime-node is required in exactly one module', () => {
    expect(owners(/^onnxruntime-(?:node|common)$/, false)).toEqual([
      'packages/ort-host/src/load-ort-library.ts',
    ]);
  });

  it('openvino-node is named by backend-openvino alone', () => {
    const found = owners(/^openvino-node$/, true);
    expect(found).not.toEqual([]);
    expect(found.filter((path) => !path.startsWith('packages/backend-openvino/src/'))).toEqual([]);
  });
});

describe('what an installation brings', () => {
  it('backend-openvino does not bring onnxruntime-node', () => {
    const brought = closure('@switchyard/backend-openvino');
    expect(brought).toContain('@switchyard/core');
    expect(brought.filter((name) => name.startsWith('onnxruntime'))).toEqual([]);
    expect(brought).not.toContain('@switchyard/ort-host');
  });

  it('backend-wasm brings its engine and nothing native', () => {
    const brought = closure('@switchyard/backend-wasm');
    expect(brought).toContain('onnxruntime-web');
    expect(brought).not.toContain('@switchyard/ort-host');
    expect(brought.filter((name) => /^(?:onnxruntime-node|openvino|sharp)/.test(name))).toEqual([]);
  });

  it('cli, with cpu alone, brings onnxruntime-node and no openvino-node', () => {
    const brought = closure('@switchyard/cli');
    expect(brought).toContain('onnxruntime-node');
    expect(brought).not.toContain('openvino-node');
    const backends = brought.filter((name) => name.startsWith('@switchyard/backend-'));
    expect(backends).toEqual(['@switchyard/backend-cpu']);
  });

  it.each(['@switchyard/core', '@switchyard/runtime', '@switchyard/onnx'])(
    '%s brings nothing native',
    (name) => {
      const brought = closure(name);
      expect(brought.filter((dependency) => /^(?:onnxruntime|openvino|sharp)/.test(dependency))).toEqual([]);
    },
  );
});

/** Names of everything that installing a package brings: dependencies and peers, except optional peers. */
function closure(name: string): string[] {
  const found = new Map<string, string>();
  const queue = [WORKSPACE.get(name)!.directory];
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    const manifest = readManifest(directory);
    const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
      (peer) => manifest.peerDependenciesMeta?.[peer]?.optional !== true,
    );
    const optional = Object.keys(manifest.optionalDependencies ?? {});
    for (const dependency of new Set([...Object.keys(manifest.dependencies ?? {}), ...peers, ...optional])) {
      if (found.has(dependency)) continue;
      const place = locate(dependency, directory);
      // Builds for other platforms are optional and not installed here.
      if (place === null && optional.includes(dependency)) continue;
      if (place === null) throw new Error(`${dependency}, which ${manifest.name} needs, is not installed.`);
      found.set(dependency, place);
      queue.push(place);
    }
  }
  return [...found.keys()].toSorted();
}

function locate(name: string, from: string): string | null {
  for (let directory = from; ; directory = dirname(directory)) {
    const place = join(directory, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return realpathSync(place);
    if (directory === dirname(directory)) return null;
  }
}

function fits(pattern: string, subpath: string): boolean {
  const [start, end] = pattern.split('*');
  return end === undefined ? pattern === subpath : subpath.startsWith(start!) && subpath.endsWith(end);
}
