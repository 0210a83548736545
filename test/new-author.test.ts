import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerProblem, guideBlocks, typedIn, type Typed } from './guide-blocks.ts';
import { write } from './guide-project.ts';
import { startLocalRegistry, type LocalRegistry } from './local-registry.ts';
import { packEverything } from './packed-project.ts';
import { readText } from './workspace.ts';

// What docs/guides/a-backend-in-half-an-hour.md shows, typed by somebody with an empty home: no cache, no settings, and a
// registry on this machine that has the packages as they would be published. Nothing is downloaded.

const PREPARATION_MILLISECONDS = 300_000;
const PAGE = 'docs/guides/a-backend-in-half-an-hour.md';

let folder: string;
let registry: LocalRegistry;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-author-')));
  packEverything(folder);
  registry = await startLocalRegistry(join(folder, 'tarballs'));
}, PREPARATION_MILLISECONDS);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}, PREPARATION_MILLISECONDS);

/** What the page has typed here, with what it says that is answered. */
function shown(): readonly Typed[] {
  return guideBlocks(readText(PAGE))
    .filter(({ runBy }) => runBy === 'test/new-author.test.ts')
    .flatMap(typedIn);
}

/** Lines that the page shows and the answer does not have; how long something took is not looked at. */
function missingLines({ answer }: Typed, text: string): readonly string[] {
  const given = text.split('\n').map(withoutTimes);
  return answer
    .filter((line) => line.trim() !== '...' && !SLOW_TEST.test(line))
    .map(withoutTimes)
    .filter((line) => !given.some((one) => answerProblem([line], one) === null));
}

/** What vitest shows of a file for as long as it has slow tests. */
const SLOW_TEST = /^ +✓ (?:K[0-9]|conformance of)/;

/** Neither times, nor how many packages npm adds on this platform. */
function withoutTimes(line: string): string {
  return line
    .replace(/^added \d+ packages/, 'added # packages')
    .replace(/ \(tests .*%\)$/, '')
    .replaceAll(/\b\d+(?:\.\d+)?(?=m?s\b)|\b\d+:\d+:\d+\b/g, '#');
}

async function type(
  command: string,
  cwd: string,
): Promise<{ readonly status: number | null; readonly text: string }> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|NODE_OPTIONS$|NODE_PATH$|SWITCHYARD_|VITEST|XDG_|PATH$)/i.test(name),
  );
  const child = spawn(command, {
    cwd,
    shell: true,
    env: {
      ...Object.fromEntries(inherited),
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: home,
      USERPROFILE: home,
      npm_config_cache: join(home, 'cache'),
      npm_config_userconfig: join(home, 'npmrc'),
      npm_config_registry: registry.url,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_yes: 'true',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, text };
}

/** A project of the author that has the command line. */
async function makeProject(place: string): Promise<void> {
  write(place, 'package.json', JSON.stringify({ name: 'a-project', private: true, type: 'module' }));
  // As in the package: the script of `onnxruntime-node` would download what nobody needs here.
  write(place, '.npmrc', 'ignore-scripts=true\n');
  const { status, text } = await type('npm install @switchyard/cli', place);
  expect(status, text).toBe(0);
}

it(
  'what the page shows leads from nothing to a conformance suite that passes',
  async () => {
    const typed = shown();
    expect(typed.map(({ command }) => command)).toEqual([
      'npm create @switchyard/backend my-npu -- --yes',
      'cd my-npu',
      'npm install',
      'npm test',
      'npm pack',
      'cd ../a-project',
      'npm install ../my-npu/switchyard-backend-my-npu-0.0.0.tgz',
      'npx switchyard explain --plugin switchyard-backend-my-npu --enable my-npu',
    ]);
    const work = join(folder, 'work');
    await makeProject(join(work, 'a-project'));
    let cwd = work;
    let last = '';
    for (const one of typed) {
      const { command } = one;
      const entered = /^cd (.+)$/.exec(command)?.[1];
      if (entered !== undefined) {
        cwd = join(cwd, entered);
        continue;
      }
      const { status, text } = await type(command, cwd);
      expect(status, `${command}\n${text}`).toBe(0);
      expect(missingLines(one, text), `${command}\n${text}`).toEqual([]);
      if (command !== 'npm test') continue;
      last = text;
      // The page does not show it: packing builds.
      const { status: checked, text: problems } = await type('npm run typecheck', cwd);
      expect(checked, problems).toBe(0);
    }
    expect(last).toContain('conformance of `my-npu`');
    expect(last).toMatch(/Test Files +3 passed \(3\)/);
    // The summary alone: vitest prints the titles of slow tests, and one of those speaks of what failed.
    expect(last).not.toMatch(/^ *Tests .*(?:skipped|failed)/m);
  },
  PREPARATION_MILLISECONDS,
);
