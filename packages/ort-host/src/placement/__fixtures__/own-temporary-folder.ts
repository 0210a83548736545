import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Points this process at a temporary folder of its own, so that what is left in it can be seen. */
export function ownTemporaryFolder(): {
  readonly left: () => readonly string[];
  /** Without what the engine's telemetry writes into the process that opens a session. */
  readonly leftByUs: () => readonly string[];
  readonly remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'ort-host-placement-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  return {
    left: () => readdirSync(folder),
    leftByUs: () => readdirSync(folder).filter((name) => name !== '.ses' && !name.startsWith('mat-debug-')),
    remove() {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmSync(folder, { recursive: true });
    },
  };
}
