import { reasonOf } from '../fact.ts';

/** What a command printed, and why it is not to be trusted where it did not end well. */
export interface CommandResult {
  readonly stdout: string;
  /** `null` when the command ended with status 0. */
  readonly failure: string | null;
}

/** Runs a program without a shell and always resolves. */
export type RunCommand = (file: string, args: readonly string[], limitMs: number) => Promise<CommandResult>;

/** Runs a program, and kills it at the limit. */
export const runCommand: RunCommand = async (file, args, limitMs) => {
  // Here, because no other platform starts a program.
  const { execFile } = await import('node:child_process');
  let resolve!: (result: CommandResult) => void;
  const promise = new Promise<CommandResult>((settle) => {
    resolve = settle;
  });
  execFile(file, args, { timeout: limitMs, killSignal: 'SIGKILL', encoding: 'utf8' }, (error, stdout) => {
    if (error === null) resolve({ stdout, failure: null });
    else if (error.killed === true) resolve({ stdout, failure: `\`${file}\` was ended after ${limitMs} ms` });
    else if (typeof error.code === 'number')
      resolve({ stdout, failure: `\`${file}\` exited with ${error.code}` });
    else resolve({ stdout, failure: `\`${file}\` did not run: ${reasonOf(error)}` });
  });
  return await promise;
};
