import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

/** The commands of the `console` blocks of the page. */
function shownCommands(): readonly string[] {
  const blocks = [...readText(PAGE).matchAll(/```console\n([^]+?)```/g)];
  return blocks.flatMap(([, block]) => [...block!.matchAll(/^\$ (.+)$/gm)].map(([, command]) => command!));
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

it(
  'what the page shows leads from nothing to a conformance suite that passes',
  async () => {
    const commands = shownCommands();
    expect(commands).toEqual([
      'npm create @switchyard/backend my-npu -- --yes',
      'cd my-npu',
      'npm install',
      'npm test',
    ]);
    let cwd = join(folder, 'work');
    mkdirSync(cwd);
    let last = '';
    for (const command of [...commands, 'npm run typecheck', 'npm run build']) {
      const entered = /^cd (.+)$/.exec(command)?.[1];
      if (entered !== undefined) {
        cwd = join(cwd, entered);
        continue;
      }
      const { status, text } = await type(command, cwd);
      expect(status, `${command}\n${text}`).toBe(0);
      if (command === 'npm test') last = text;
    }
    expect(last).toContain('conformance of `my-npu`');
    expect(last).toMatch(/Test Files +3 passed \(3\)/);
    // The summary alone: vitest prints the titles of slow tests, and one of those speaks of what failed.
    expect(last).not.toMatch(/^ *Tests .*(?:skipped|failed)/m);
  },
  PREPARATION_MILLISECONDS,
);
