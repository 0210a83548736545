import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { writeHoledModel } from './testing/write-holed-model.ts';

const GIB = 2 ** 30;

async function measure(
  path: string,
): Promise<Record<string, unknown> & { idleKib: number; peakKib: number }> {
  const script = fileURLToPath(new URL('__fixtures__/inspect-and-measure.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@switchyard/source',
    script,
    path,
  ]);
  return JSON.parse(stdout) as Record<string, unknown> & { idleKib: number; peakKib: number };
}

// NTFS fills a hole with zeros on disk when something is written behind it.
const noHoles = process.platform === 'win32';
const skipped = noHoles ? ' (skipped: NTFS would fill the hole)' : '';

test.skipIf(noHoles)(
  `models of 2 and 6 GiB are read in far less than 200 MB of memory${skipped}`,
  async () => {
    const folder = await temporaryFolder();
    for (const bytes of [2 * GIB, 6 * GIB]) {
      const path = join(folder, `${bytes}.onnx`);
      await writeHoledModel(path, bytes);
      const facts = await measure(path);
      expect(facts).toMatchObject({
        inputs: [{ name: 'x' }],
        outputs: [{ name: 'y' }],
        operators: { Add: 1 },
        parameterCount: bytes / 4,
        parameterBytes: bytes,
      });
      expect(facts.peakKib).toBeLessThan(200_000);
      expect(facts.peakKib - facts.idleKib).toBeLessThan(30_000);
    }
  },
);
