import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { endWithParent } from './end-with-parent.ts';

// The main thread of a child may be in native code for as long as it likes. This thread sees when the
// parent is gone, however it went, and ends the process with its shared memory.
const { descriptor, folder } = workerData as { readonly descriptor: number; readonly folder: string | null };
const watched = new Socket({ fd: descriptor, readable: true, writable: false });
const end = (): void => endWithParent(folder);
watched.on('error', end);
watched.on('close', end);
watched.resume();
