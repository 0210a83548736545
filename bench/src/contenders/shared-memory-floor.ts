import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel keeps files in memory; Linux only. */
export const SHARED_MEMORY_FOLDER = '/dev/shm';

/**
 * The same bytes through a file in memory, there and back, in one process: write, read, write, read.
 * With another process between the two halves nothing can be cheaper that copies through such a file.
 */
export interface SharedMemoryFloor extends Disposable {
  /** Reads into `received` and then into `result`. */
  roundTrip(bytes: Uint8Array, received: Uint8Array, result: Uint8Array): void;
}

/** Makes the file; its name is removed at once. */
export function openSharedMemoryFloor(): SharedMemoryFloor {
  const path = join(SHARED_MEMORY_FOLDER, `switchyard-bench-${process.pid}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return {
    roundTrip(bytes, received, result) {
      writeSync(file, bytes, 0, bytes.length, 0);
      readSync(file, received, 0, bytes.length, 0);
      writeSync(file, received, 0, bytes.length, 0);
      readSync(file, result, 0, bytes.length, 0);
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
