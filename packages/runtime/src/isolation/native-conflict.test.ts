import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./__fixtures__/conflict-program.ts', import.meta.url));
const manifestOf = (name: string, from: string) => createRequire(from).resolve(`${name}/package.json`);
const engine = manifestOf(
  'onnxruntime-node',
  manifestOf('@switchyard/ort-host', manifestOf('@switchyard/backend-cpu', import.meta.url)),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-conflict-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the installed library whose symbols say that it is another version. */
function copyEngine(): string {
  const { version } = JSON.parse(readFileSync(engine, 'utf8')) as { readonly version: string };
  for (const file of ['onnxruntime_binding.node', 'libonnxruntime.so.1']) {
    const bytes = readFileSync(join(dirname(engine), 'bin/napi-v6/linux', process.arch, file));
    const mark = `VERS_${version}`;
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark)) {
      bytes.write('VERS_1.29.9', at, 'latin1');
    }
    writeFileSync(join(folder, file), bytes);
  }
  return join(folder, 'onnxruntime_binding.node');
}

it.runIf(process.platform === 'linux')(
  'another version of the engine in this process leaves a process of its own',
  () => {
    const options = ['--conditions=@switchyard/source', '--no-warnings', PROGRAM, copyEngine()];
    expect(JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))).toEqual({
      inline: 'native-conflict',
      thread: 'native-conflict',
      process: [2],
    });
  },
);
