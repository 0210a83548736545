import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';

// The main thread of a child may be in native code for as long as it likes. This thread sees when the
// parent is gone, however it went, and ends the process with its shared memory.
const { descriptor, folder } = workerData as { readonly descriptor: number; readonly folder: string | null };
const watched = new Socket({ fd: descriptor, readable: true, writable: false });
const end = (): void => {
  try {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
};
watched.on('error', end);
watched.on('close', end);
watched.resume();
