import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartReport } from '../../start-report.ts';
import { Vitals } from './vitals.ts';

const PROGRAM = fileURLToPath(new URL('../../main.ts', import.meta.url));
const START_PATIENCE_MS = 120_000;
/** Characters of its log that are shown of a server that ended by itself. */
const LAST_WORDS = 4000;

/** A server in a process of its own, started from its sources. */
export interface LiveServer extends AsyncDisposable {
  readonly pid: number;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly metricsPort: number;
  readonly report: StartReport;
  readonly vitals: Vitals;
  /** Where it and its processes keep what is temporary. */
  readonly temporaryFolder: string;
  /** Lines of its log so far. */
  log(): readonly Readonly<Record<string, unknown>>[];
  signal(name: NodeJS.Signals): void;
  /** Status, or name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface LiveServerOptions {
  readonly models: readonly string[];
  readonly flags?: readonly string[];
  /** (optional) Another program that takes the same command line. Default: `switchyard-server`. */
  readonly program?: string;
  /** (optional) Words of a command that the program is started with: `prlimit --nofile=64`. */
  readonly wrapper?: readonly string[];
}

/** Starts a server on free ports and waits until its models were loaded or failed to. */
export async function startServer(options: LiveServerOptions): Promise<LiveServer> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'switchyard-live-'));
  const [program, ...words] = [
    ...(options.wrapper ?? []),
    process.execPath,
    '--conditions=@switchyard/source',
    options.program ?? PROGRAM,
    ...options.models,
    '--http-port=0',
    '--grpc-port=0',
    '--metrics-port=0',
    '--no-cache',
    '--trials=off',
    '--json',
    ...(options.flags ?? []),
  ];
  const child = spawn(program!, words, {
    cwd: temporaryFolder,
    env: { ...process.env, TMPDIR: temporaryFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(
    ([code, signal]) => (code as number | null) ?? (signal as string),
  );
  let text = '';
  let errors = '';
  const reported = Promise.withResolvers<StartReport>();
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.endsWith('\n}\n')) reported.resolve(JSON.parse(text) as StartReport);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_PATIENCE_MS);
  const report = await Promise.race([
    reported.promise,
    ended.then((how) => {
      throw new Error(`The server ended (${how}) before its models were loaded.\n${text}\n${errors}`);
    }),
  ]).finally(() => clearTimeout(timer));
  // Whatever a drill sees of that, what the server said last says why.
  child.once('close', (code, signal) => {
    if (code === 0) return;
    console.error(`The server ended (${code ?? signal}). It said last:\n${errors.slice(-LAST_WORDS)}`);
  });
  const port = (what: 'http' | 'grpc' | 'metrics'): number => report.addresses[what]!.port;
  return {
    pid: child.pid!,
    httpPort: port('http'),
    grpcPort: port('grpc'),
    metricsPort: port('metrics'),
    report,
    vitals: new Vitals(child.pid!, port('http'), port('metrics')),
    temporaryFolder,
    log: () =>
      errors
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
      await rm(temporaryFolder, { recursive: true, force: true });
    },
  };
}

/** Waits until something is so. @throws what did not become so, after a time that no machine needs */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`In ${patienceMs} ms it did not come about that ${what}.`);
    await pause(5);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, milliseconds);
  });
}
