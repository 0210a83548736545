import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { PUBLISHED, ROOT } from './workspace.ts';

/** Ports that guides name; each page gets free ones in their place. */
const PORTS = ['8000', '8001', '8002', '8080', '9000', '9001', '9002'];
const PORT = new RegExp(`(?<=[:= ])(?:${PORTS.join('|')})\\b`, 'g');
/** Packages of others that guides install. */
const FOREIGN = ['fastify', 'openvino-node'];
/** What a new key and its line for the keys file look like. */
const NEW_KEY = /Key, shown once: +(\S+)\nLine for the keys file: +(.+)$/m;
/** A command that goes on until somebody ends it. */
const STAYS = /^(?:npx )?(?:switchyard-server(?! keys\b)|switchyard serve)\b(?!.*--(?:check|help|version)\b)/;

/** How a command ended, and what it wrote to both streams. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** The place where the commands of one page are typed. */
export interface Shell {
  /** Puts free ports in the place of those that guides name. */
  readonly withPorts: (text: string) => string;
  /** Runs commands one after the other; ends at the first that fails. One result per command that began. */
  run(commands: readonly string[]): Promise<readonly Ended[]>;
  /** Whether `run` parses them. */
  syntaxProblem(commands: readonly string[]): string | null;
  /** Ends the program that stays, if there is one, starts another, and gives what it wrote until it was ready. */
  start(command: string): Promise<string>;
  /** Ends the program that stays. */
  close(): Promise<void>;
}

/** Whether a command goes on until somebody ends it. */
export function stays(command: string): boolean {
  return STAYS.test(command);
}

/** Writes the programs that guides call, each the one of this working tree. Gives the folder. */
export function writePrograms(folder: string): string {
  const names = [...PUBLISHED.map(({ manifest }) => manifest.name), ...FOREIGN];
  const programs = {
    switchyard: `exec node "${join(ROOT, 'apps/cli/src/main.ts')}" "$@"`,
    'switchyard-server': `exec node "${join(ROOT, 'apps/server/src/main.ts')}" "$@"`,
    npx: 'exec "$@"',
    // Nothing is installed: the packages of this tree are there. What does not exist is not there to install.
    npm: `
case "$1" in
  install | uninstall) ;;
  *) echo "npm $1 is not known here" >&2; exit 1 ;;
esac
shift
for name in "$@"; do
  case "$name" in
    -*) ;;
    ${names.join(' | ')}) ;;
    *) echo "404: there is no package $name" >&2; exit 1 ;;
  esac
done`,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  // A refusal over HTTP is a failure of the block.
  writeFileSync(join(folder, '.curlrc'), 'fail-with-body\nsilent\nshow-error\nnoproxy = "*"\n');
  return folder;
}

/** Opens the place for a page. */
export async function openShell(
  folder: string,
  programs: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Shell> {
  const free = new Map<string, string>();
  for (const port of PORTS) free.set(port, String(await freePort()));
  const taken = new Map([...free].map(([shown, given]) => [given, shown] as const));
  const asShown = new RegExp(`\\b(?:${[...taken.keys()].join('|')})\\b`, 'g');
  const withPorts = (text: string): string => text.replaceAll(PORT, (port) => free.get(port)!);
  const shown = (text: string): string => text.replaceAll(asShown, (port) => taken.get(port)!);
  const environment: Record<string, string> = {
    PATH: [programs, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: join(folder, '.home'),
    XDG_CONFIG_HOME: join(folder, '.home'),
    TMPDIR: dirname(folder),
    CURL_HOME: programs,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: join(programs, 'compiled'),
    NODE_OPTIONS: '--conditions=@switchyard/source --disable-warning=ExperimentalWarning',
    SWITCHYARD_CACHE_DIR: join(folder, '.cache'),
    SWITCHYARD_SERVER_HTTP_PORT: free.get('8000')!,
    SWITCHYARD_SERVER_GRPC_PORT: free.get('8001')!,
    SWITCHYARD_SERVER_METRICS_PORT: free.get('8002')!,
    ...variables,
  };
  const options = { cwd: folder, env: environment };
  let staying: ChildProcess | undefined;
  const close = async (): Promise<void> => {
    if (staying === undefined || staying.exitCode !== null) return;
    const ended = endOf(staying);
    staying.kill('SIGINT');
    await ended;
  };
  return {
    withPorts,
    async run(commands) {
      const steps = commands.map(
        (command) => `printf '\\036'\n${withPorts(command)}\nended=$?; [ $ended = 0 ] || exit $ended`,
      );
      const child = spawn('bash', ['-c', ['exec 2>&1', 'set -o pipefail', ...steps].join('\n')], {
        ...options,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [output, status] = await Promise.all([textOf(child), endOf(child)]);
      const [, key, line] = NEW_KEY.exec(output) ?? [];
      if (key !== undefined && line !== undefined) {
        // Readers do this by hand, as the page says.
        environment['KEY'] = key;
        writeFileSync(join(folder, 'keys.txt'), `${line}\n`);
      }
      const answers = shown(output).split('\u001E').slice(1);
      return answers.map((answer, index) => ({
        status: index === answers.length - 1 ? status : 0,
        output: answer,
      }));
    },
    syntaxProblem(commands) {
      const { status, stderr } = spawnSync('bash', ['-n', '-c', commands.join('\n')], { encoding: 'utf8' });
      return status === 0 ? null : stderr;
    },
    async start(command) {
      await close();
      const child = spawn('bash', ['-c', `exec ${withPorts(command.replace(/^npx /, ''))}`], {
        ...options,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      staying = child;
      let output = '';
      let log = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
      child.stdout.setEncoding('utf8');
      for await (const text of child.stdout) {
        output += text;
        if (/^Ready\.$/m.test(output)) {
          child.stdout.resume();
          return shown(output);
        }
      }
      throw new Error(`\`${command}\` ended before it was ready:\n${output}\n${log}`);
    },
    close,
  };
}

async function textOf(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const text of child.stdout!.setEncoding('utf8')) output += text;
  return output;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
