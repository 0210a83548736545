import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll } from 'vitest';
import { runCreate } from '../run-create.ts';

/** What one run of the program left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder that vanishes after the tests of the file. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-create-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the program without a terminal, or with one in which a person types. */
export async function create(
  cwd: string,
  argv: readonly string[],
  options: { readonly userAgent?: string; readonly typed?: readonly string[] } = {},
): Promise<Outcome> {
  const { typed } = options;
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => {} });
  let left = [...(typed ?? [])];
  let stdoutText = '';
  let stderrText = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        const text = chunk.toString('utf8');
        stdoutText += text;
        // A question stands there once it is drawn with its mark; then the next answer is typed.
        if (text.includes('?')) {
          const [answer, ...rest] = left;
          left = rest;
          if (answer !== undefined) setImmediate(() => stdin.write(answer));
        }
        done();
      },
    }),
    { isTTY: typed !== undefined, columns: 100, rows: 40 },
  );
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stderrText += chunk.toString('utf8');
      done();
    },
  });
  const status = await runCreate({ argv, cwd, userAgent: options.userAgent, stdin, stdout, stderr });
  return { status, stdout: stdoutText, stderr: stderrText };
}
