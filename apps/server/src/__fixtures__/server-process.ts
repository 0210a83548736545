import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { StartReport } from '../start-report.ts';

const MAIN = join(import.meta.dirname, '../main.ts');

/** A folder that vanishes after the test. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-server-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server in a process of its own, as an operator starts it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** What `--json` printed; rejects when it ended before. */
  readonly report: Promise<StartReport>;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Processes that it started and that are alive, those of its processes included. Linux only. */
  descendants(): readonly number[];
}

/** Starts `switchyard-server` from its sources, on free ports and away from whoever runs the tests. */
export function startServer(
  argv: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): ServerProcess {
  const child = spawn(process.execPath, ['--conditions=@switchyard/source', MAIN, ...argv], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      XDG_CONFIG_HOME: join(cwd, '.config'),
      SWITCHYARD_CACHE_DIR: join(cwd, '.cache'),
      SWITCHYARD_SERVER_SHUTDOWN_DELAY: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const report = Promise.withResolvers<StartReport>();
  const exit = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    try {
      report.resolve(JSON.parse(stdout) as StartReport);
    } catch {
      // The rest of the document is on its way.
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.on('close', (code, signal) => {
    report.reject(new Error(`It ended with ${code ?? signal}:\n${stderr}`));
    exit.resolve({ code, signal });
  });
  report.promise.catch(() => {
    // Whoever waits for the report is told; the others look at the exit.
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    report: report.promise,
    exit: exit.promise,
    descendants: () => descendantsOf(child.pid!),
  };
}

/** Flags of a server on free ports that tells where it listens. */
export const ON_FREE_PORTS: readonly string[] = [
  '--http-port=0',
  '--grpc-port=0',
  '--metrics-port=0',
  '--json',
];

/** Whether a process is there and does more than wait for its parent to notice its end. */
export function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(file, 'utf8'));
  } catch {
    // It ended between the two looks.
    return false;
  }
}

function descendantsOf(parent: number): readonly number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, ppid] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return Number(ppid) === parent ? [Number(name)] : [];
      } catch {
        // It ended between the two looks.
        return [];
      }
    });
  return children.flatMap((pid) => [pid, ...descendantsOf(pid)]);
}
