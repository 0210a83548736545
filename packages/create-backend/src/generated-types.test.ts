import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder } from './__fixtures__/create.ts';
import { answersFor, DEVICE_KINDS } from './project-answers.ts';
import { writeProject } from './write-project.ts';

const HERE = join(import.meta.dirname, '..');
const compiler = createRequire(import.meta.url).resolve('typescript/package.json');

function tsc(project: string): string {
  const { bin } = JSON.parse(readFileSync(compiler, 'utf8')) as { readonly bin: { readonly tsc: string } };
  const args = [join(dirname(compiler), bin.tsc), '-p', project];
  try {
    return execFileSync(process.execPath, args, { encoding: 'utf8' });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

it.each(DEVICE_KINDS)(
  'what is made for a %s fits the types of the packages as they are here',
  async (kind) => {
    const directory = join(emptyFolder(), 'acme-x1');
    await writeProject(directory, { ...answersFor('acme-x1'), deviceKind: kind });
    symlinkSync(join(HERE, 'node_modules'), join(directory, 'node_modules'), 'junction');
    // The sources of the workspace, so that nothing has to be built first.
    const config = {
      extends: './tsconfig.json',
      compilerOptions: { customConditions: ['@switchyard/source'] },
    };
    writeFileSync(join(directory, 'tsconfig.source.json'), JSON.stringify(config));
    expect(tsc(join(directory, 'tsconfig.source.json'))).toBe('');
    writeFileSync(
      join(directory, 'src/wrong.ts'),
      "import { ID } from './identity.ts';\nexport const wrong: number = ID;\n",
    );
    expect(tsc(join(directory, 'tsconfig.source.json'))).toMatch(/wrong\.ts.+string/);
  },
);
