import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll } from 'vitest';
import type { Output } from '../cli-context.ts';
import { runCli } from '../run-cli.ts';

/** What one run of the program left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that vanishes after the tests of the file. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-cli-'));
  writeFiles(folder, files);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files and the folders that they need. */
function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs the program in this process, away from the settings and projects of whoever runs the tests. */
export async function cli(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly stdin?: string | Uint8Array;
    readonly terminal?: boolean;
  },
): Promise<Outcome> {
  const stdout = collector(options.terminal ?? false);
  const stderr = collector(options.terminal ?? false);
  const status = await runCli({
    argv,
    environment: { HOME: options.cwd, XDG_CONFIG_HOME: join(options.cwd, '.config'), ...options.environment },
    cwd: options.cwd,
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(terminal: boolean): { readonly stream: Output; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  if (terminal) Object.assign(stream, { isTTY: true, columns: 100, getColorDepth: () => 8, hasColors: () => true });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
