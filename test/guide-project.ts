import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GuideBlock } from './guide-blocks.ts';
import { PUBLISHED, ROOT } from './workspace.ts';

/** Files that a page takes for granted besides those that every page has, by the page's name. */
const EXTRAS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // The sentence about `src/index.ts` in words, and the package that the page is.
  'writing-a-backend': {
    'package.json': JSON.stringify({
      name: '@acme/switchyard-backend',
      type: 'module',
      exports: './src/index.ts',
    }),
    'src/index.ts': "export { createAcmeBackend } from './create-acme-backend.ts';\n",
  },
};

/** Variables of a page's commands, by the page's name. */
export const PAGE_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // The page shows a machine without an accelerator; the tests may run on another.
  serving: { SWITCHYARD_DISABLE: 'cuda,mps-coreml' },
};

const TEST_CONFIG = `import { project } from '@switchyard/tooling/vitest';

export default project('guide');
`;

/** The command that runs a block of TypeScript: tests are run as tests. */
export function moduleCommand(block: GuideBlock): string {
  const file = moduleFile(block);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  return file.endsWith('.test.ts') ? `node '${vitest}' run '${file}'` : `node '${file}'`;
}

/** Name of the file that a block of TypeScript is in its page's folder. */
export function moduleFile({ file, line }: GuideBlock): string {
  return file ?? `line-${line}.ts`;
}

/** Makes the folder of a page: a project that has every package of this tree, and the digit model. */
export function makeProject(folder: string, page: string): void {
  mkdirSync(join(folder, 'node_modules', '@switchyard'), { recursive: true });
  symlinkSync(join(ROOT, 'tooling'), join(folder, 'node_modules', '@switchyard', 'tooling'), 'junction');
  symlinkSync(
    realpathSync(join(ROOT, 'node_modules', 'vitest')),
    join(folder, 'node_modules', 'vitest'),
    'junction',
  );
  write(folder, 'vitest.config.ts', TEST_CONFIG);
  const dependencies: Record<string, string> = {};
  for (const { manifest, directory } of PUBLISHED) {
    symlinkSync(directory, join(folder, 'node_modules', manifest.name), 'junction');
    dependencies[manifest.name] = manifest.version;
  }
  const digits = join(ROOT, 'examples', 'digit-classifier');
  for (const name of ['digits.onnx', 'labels.txt', 'pictures']) {
    cpSync(join(digits, name), join(folder, 'examples', 'digit-classifier', name), { recursive: true });
  }
  cpSync(join(digits, 'digits.onnx'), join(folder, 'model.onnx'));
  cpSync(join(digits, 'digits.onnx'), join(folder, 'models', 'digits.onnx'));
  cpSync(join(digits, 'pictures', 'seven.png'), join(folder, 'seven.png'));
  cpSync(join(digits, 'labels.txt'), join(folder, 'labels.txt'));
  const manifest = { name: `guide-${page}`, private: true, type: 'module', dependencies };
  write(folder, 'package.json', JSON.stringify(manifest, null, 2));
  for (const [name, text] of Object.entries(EXTRAS[page] ?? {})) write(folder, name, text);
}

/** Writes a file and the folders that it needs. */
export function write(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the compiler says about the modules of all pages, page by page; empty where nothing is wrong. */
export function typeProblems(root: string, files: readonly string[]): string {
  const config = {
    extends: join(ROOT, 'tooling', 'tsconfig.base.json'),
    // What a page imports to show it, and does not need further on, is no mistake of the page.
    compilerOptions: {
      noUnusedLocals: false,
      moduleDetection: 'force',
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    },
    files,
  };
  write(root, 'tsconfig.json', JSON.stringify(config));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}
