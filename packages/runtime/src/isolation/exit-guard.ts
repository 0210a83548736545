import type { ChildProcess } from 'node:child_process';
import { removeSharedFolder } from './shared-folder.ts';
import { BUSY, STOP } from './thread-state.ts';

const threads = new Map<Int32Array, number>();
const folders = new Set<string>();
const children = new Set<ChildProcess>();
let installed = false;

/**
 * What has to be done when this process exits, in the one moment when only synchronous work is
 * possible: children are ended, shared memory is removed, and threads are waited for. A thread that
 * is in native code when Node ends it aborts the process with status 134 (backends-and-engines 0.5).
 */
function onExit(): void {
  for (const state of threads.keys()) Atomics.store(state, STOP, 1);
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) removeSharedFolder(folder);
  const start = Date.now();
  for (const [state, waitMs] of threads) {
    const left = (): number => start + waitMs - Date.now();
    while (Atomics.load(state, BUSY) === 1 && left() > 0) Atomics.wait(state, BUSY, 1, left());
    // Dying by SIGKILL is the only end that does not run the destructors that abort.
    if (Atomics.load(state, BUSY) === 1) process.kill(process.pid, 'SIGKILL');
  }
}

function update(): void {
  const needed = threads.size + folders.size + children.size > 0;
  if (needed === installed) return;
  installed = needed;
  if (needed) process.on('exit', onExit);
  else process.off('exit', onExit);
}

/** Guards a thread; gives the function that ends the guard. */
export function guardThread(state: Int32Array, waitMs: number): () => void {
  threads.set(state, waitMs);
  update();
  return () => {
    threads.delete(state);
    update();
  };
}

/** Guards a child process and its shared memory; gives the function that ends the guard. */
export function guardChild(child: ChildProcess, folder: string | null): () => void {
  children.add(child);
  if (folder !== null) folders.add(folder);
  update();
  return () => {
    children.delete(child);
    if (folder !== null) folders.delete(folder);
    update();
  };
}
