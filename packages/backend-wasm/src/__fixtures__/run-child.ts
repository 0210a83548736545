import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** What a program of this folder did. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to descriptor 3. */
  readonly said: string;
}

/** Runs a program of this folder to its end. */
export function runChild(program: string, ...words: readonly string[]): Ended {
  const argv = [
    '--conditions=@switchyard/source',
    '--disable-warning=ExperimentalWarning',
    path.join(import.meta.dirname, program),
    ...words,
  ];
  const ended = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return {
    status: ended.status,
    stdout: ended.stdout,
    stderr: ended.stderr,
    said: ended.output[3] ?? '',
  };
}
