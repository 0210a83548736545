import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerProblem, guideBlocks, typedIn } from './guide-blocks.ts';
import { makeProject, PAGE_VARIABLES, moduleFile, typeProblems, write } from './guide-project.ts';
import { blockProblem } from './guide-run.ts';
import { openShell, writePrograms } from './guide-shell.ts';
import { readText, repositoryFiles } from './workspace.ts';

// Every block of docs/guides is run as a reader would, in a project that has the packages of this tree
// (docs/decisions/0029-guides-are-run.md).

const PAGES = repositoryFiles('docs/guides/*.md').map((path) => ({
  path,
  name: basename(path, '.md'),
  blocks: guideBlocks(readText(path)),
}));
const LANGUAGES = ['ts', 'sh', 'console', 'json', 'yaml', 'text'];
const BLOCKS = PAGES.flatMap(({ path, blocks }) => blocks.map((block) => ({ path, block })));
const MARKED = BLOCKS.filter(({ block }) => block.notRun !== null);

const ELSEWHERE = BLOCKS.filter(({ block }) => block.runBy !== null);

/** The commands are those of a POSIX shell. */
const runs = process.platform !== 'win32';

let root: string;
let programs: string;
let types: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-guides-')));
  programs = writePrograms(join(root, '.programs'));
  const modules: string[] = [];
  for (const { name, blocks } of PAGES) {
    makeProject(join(root, name), name);
    for (const block of blocks) {
      if (block.language !== 'ts') continue;
      modules.push(join(name, moduleFile(block)));
      write(join(root, name), moduleFile(block), block.text);
    }
  }
  types = typeProblems(root, modules);
}, 120_000);
afterAll(() => {
  const ran = BLOCKS.length - MARKED.length;
  const lines = [
    `${BLOCKS.length} blocks in ${PAGES.length} guides: ${ran} run (${ELSEWHERE.length} of them by other tests), ` +
      `${MARKED.length} marked as not run.`,
    ...MARKED.map(({ path, block }) => `  ${path}:${block.line} is not run: ${block.notRun}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  rmSync(root, { recursive: true, force: true });
});

describe('the reader of pages', () => {
  const page = [
    '`src/one.ts`',
    '',
    '```ts',
    'export {};',
    '```',
    '<!-- file: two.json -->',
    '<!-- not run: it needs an Intel NPU -->',
    '',
    '```json',
    '{}',
    '```',
    'Words.',
    '  ```console',
    '  $ echo one \\',
    '    two',
    '  one two',
    '  $ true',
    '  ```',
  ].join('\n');

  it('finds blocks, the files that they are, and why they are not run', () => {
    const plain = { notRun: null, runBy: null };
    const [one, two, three] = guideBlocks(page);
    expect(one).toEqual({ line: 3, language: 'ts', text: 'export {};\n', file: 'src/one.ts', ...plain });
    expect(two).toMatchObject({ file: 'two.json', notRun: 'it needs an Intel NPU' });
    expect(three).toMatchObject({ language: 'console', file: null, notRun: null });
    expect(typedIn(three!)).toEqual([
      { command: 'echo one \\\n  two', answer: ['one two'] },
      { command: 'true', answer: [] },
    ]);
    const [elsewhere] = guideBlocks('<!-- run by: test/x.test.ts -->\n\n```sh\ntrue\n```\n');
    expect(elsewhere).toMatchObject({ runBy: 'test/x.test.ts', notRun: null });
    expect(() => guideBlocks('```sh\ntrue\n')).toThrow('The block of line 1 has no end.');
  });

  it('compares answers, and `...` is any text or any lines', () => {
    expect(answerProblem(['a ... c', '...', 'e'], 'a b c\nd\nd\ne\n')).toBeNull();
    expect(answerProblem(['a', '...'], 'a\nb\n')).toBeNull();
    expect(answerProblem(['a'], 'a\nb\n')).toContain('goes on');
    expect(answerProblem(['a', 'c'], 'a\nb\n')).toContain('where the answer has\n  b');
    expect(answerProblem(['...', 'c'], 'a\nb\n')).toContain('no such line');
    expect(answerProblem(['a.c'], 'abc')).not.toBeNull();
  });
});

describe.skipIf(!runs)('the place where guides are run (a POSIX shell: not on Windows)', () => {
  it('notices what fails, and takes no package for there that is not', async () => {
    const shell = await openShell(join(root, PAGES[0]!.name), programs);
    const [first, second, ...rest] = await shell.run(['echo one', 'npm install @switchyard/nothing', 'true']);
    expect(first).toEqual({ status: 0, output: 'one\n' });
    expect(second).toMatchObject({ status: 1, output: '404: there is no package @switchyard/nothing\n' });
    expect(rest).toEqual([]);
    expect(shell.syntaxProblem(['echo (']), 'a mistake').not.toBeNull();
  });
});

it('guides have blocks of the languages that are known, and reasons for those that are not run', () => {
  expect(BLOCKS.length).toBeGreaterThan(20);
  for (const { path, block } of BLOCKS) {
    expect(LANGUAGES, `${path}:${block.line}`).toContain(block.language);
    if (block.notRun !== null) expect(block.notRun, `${path}:${block.line}`).toMatch(/\S+ \S+ \S+/);
  }
});

it('what another test runs is named there', () => {
  for (const { path, block } of ELSEWHERE) {
    expect(block.notRun).toBeNull();
    expect(readText(block.runBy!), `${path}:${block.line}`).toContain(path);
  }
});

it('the TypeScript of all guides, also what is not run, has the right types', () => {
  expect(types).toBe('');
  write(root, 'wrong.ts', 'export const one: string = 1;\n');
  expect(typeProblems(root, ['wrong.ts'])).toContain('wrong.ts(1,14): error TS2322');
});

describe.skipIf(!runs)('guides (their commands are those of a POSIX shell: not on Windows)', () => {
  it.concurrent.each(PAGES)(
    '$path',
    async ({ path, name, blocks }) => {
      const folder = join(root, name);
      const shell = await openShell(folder, programs, PAGE_VARIABLES[name]);
      try {
        for (const block of blocks) {
          if (block.runBy !== null) continue;
          const problem = await blockProblem(block, blocks, folder, shell);
          if (problem !== null) throw new Error(`${path}:${block.line} (${block.language}): ${problem}`);
        }
      } finally {
        await shell.close();
      }
    },
    300_000,
  );
});
