import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ChildAnswer, ChildRequest } from './child-protocol.ts';

/** A process of the kit that was started. */
export interface StartedChild {
  /** Writes one more line to it. */
  send(line: unknown): void;
  /** Its next answer, or `null` once it has ended or was killed. */
  next(): Promise<unknown>;
  /** Lets it end by itself and says how it did. */
  end(): Promise<ChildAnswer>;
}

/** What may differ from the environment, folder and time of this process. */
export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly nodeFlags?: readonly string[];
  /** Milliseconds after which it is killed. */
  readonly limitMs?: number;
}

const LIMIT_MS = 240_000;
const TAIL = 4096;

/** Starts a process that makes the backend of `request` for itself. */
export function startChild(request: ChildRequest, options: StartOptions = {}): StartedChild {
  const { environment = process.env, cwd = process.cwd(), nodeFlags = [], limitMs = LIMIT_MS } = options;
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...moduleFlags(process.execArgv),
      ...nodeFlags,
      '--disable-warning=ExperimentalWarning',
      programOf('child-entry'),
    ],
    { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], windowsHide: true },
  );
  let stdout = '';
  let stderr = '';
  let timedOut = false;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-TAIL)));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-TAIL)));
  const answers: string[] = [];
  const waiting: ((line: string | null) => void)[] = [];
  const lines = createInterface({ input: child.stdio[3] as Readable });
  let closed = false;
  lines.on('line', (line) => {
    const next = waiting.shift();
    if (next === undefined) answers.push(line);
    else next(line);
  });
  lines.once('close', () => {
    closed = true;
    for (const next of waiting.splice(0)) next(null);
  });
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, limitMs);
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      stderr += String(error);
      resolve();
    });
    child.once('close', () => resolve());
  }).finally(() => clearTimeout(timer));
  const input = child.stdin as Writable;
  // A process that ended no longer reads; how it ended is the answer.
  input.on('error', () => undefined);
  input.write(`${JSON.stringify(request)}\n`);

  const nextLine = (): Promise<string | null> => {
    const line = answers.shift();
    if (line !== undefined) return Promise.resolve(line);
    return closed ? Promise.resolve(null) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    send: (line) => input.write(`${JSON.stringify(line)}\n`),
    next: async () => parsed(await nextLine()),
    end: async () => {
      input.end();
      await ended;
      const rest = answers.shift() ?? null;
      return {
        answer: parsed(rest),
        code: child.exitCode,
        signal: child.signalCode,
        stdout,
        stderr,
        timedOut,
      };
    },
  };
}

/** How a process ended, as a clause. */
export function endingOf({ code, signal, timedOut, stderr }: ChildAnswer): string {
  const lines = stderr.trim().split('\n');
  // The line of the error, where Node printed one above its own stack and version.
  const error = lines.findLast((line) => /^\w*Error\b|: /.test(line) && !/^\s+at |^Node\.js /.test(line));
  const words = (error ?? lines.slice(-3).join(' ')).trim().slice(0, 300);
  const said = words === '' ? '' : `; its last words were: ${words}`;
  if (timedOut) return `did not end in time and was killed${said}`;
  return signal === null ? `ended with status ${code}${said}` : `was ended by ${signal}${said}`;
}

/** Path of a program of this package; the build keeps the folder. */
export function programOf(name: 'child-entry' | 'faults' | 'thread-entry'): string {
  if (import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const places = [`./child/${name}.js`, `./${name}.js`].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new TypeError(`\`${name}.js\` is not beside ${import.meta.url}.`);
  return fileURLToPath(found);
}

function parsed(line: string | null): unknown {
  return line === null ? null : (JSON.parse(line) as unknown);
}

/** The flags of this process that decide how modules are found; the others stay behind. */
function moduleFlags(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, index) => {
    if (!/^(?:--conditions|--import|-C|--experimental-strip-types)=?/.test(flag)) return [];
    const next = flags[index + 1];
    return flag.includes('=') || next === undefined || flag === '--experimental-strip-types'
      ? [flag]
      : [flag, next];
  });
}
