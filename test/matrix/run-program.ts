import { spawn } from 'node:child_process';

/** What a program said until it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end without holding up this process, which serves packages meanwhile. */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<Ended> {
  const child = spawn(program, args, {
    cwd,
    env: environment,
    // npm and pnpm are batch files on Windows.
    shell: process.platform === 'win32' && program !== process.execPath,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const status = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  return { status, stdout, stderr };
}
