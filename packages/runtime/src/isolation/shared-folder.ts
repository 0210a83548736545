import { accessSync, constants, mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Type that `statfs` gives for tmpfs, from linux/magic.h. */
const TMPFS = 0x01021994;
/** Less free memory than this is left to others. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;
const PREFIX = 'switchyard';

/** Where shared memory is looked for: a folder, the platform's own (`auto`), or nowhere. */
export type SharedMemoryChoice = 'auto' | false | { readonly folder: string };

/**
 * Makes a folder for shared memory, 0700, named after this process. `null` where the platform has no
 * memory that is a folder, or not enough of it is free: a disk is never used in its place.
 */
export function makeSharedFolder(choice: SharedMemoryChoice): string | null {
  if (choice === false) return null;
  const parent = choice === 'auto' ? findMemory() : choice.folder;
  if (parent === null) return null;
  sweep(parent);
  return mkdtempSync(join(parent, `${PREFIX}-${process.pid}-${namespace()}-`));
}

/** Removes a folder of {@link makeSharedFolder}; without effect where it is gone already. */
export function removeSharedFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function findMemory(): string | null {
  if (process.platform !== 'linux') return null;
  for (const folder of ['/dev/shm', tmpdir()]) {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      const { type, bavail, bsize } = statfsSync(folder);
      if (type === TMPFS && bavail * bsize >= LEAST_FREE_BYTES) return folder;
    } catch {
      // Not there or not ours: tensors go through the socket, which is slower and nothing else.
    }
  }
  return null;
}

/** Removes what processes left behind that were killed and could not clean up. */
function sweep(parent: string): void {
  const own = namespace();
  for (const name of readdirSync(parent)) {
    const [prefix, pid, space] = name.split('-');
    // The same number means another process in another container, which may share this folder.
    if (prefix !== PREFIX || space !== own || !/^[0-9]+$/.test(pid ?? '') || isAlive(Number(pid))) continue;
    try {
      removeSharedFolder(join(parent, name));
    } catch {
      // Another user's, or another process sweeps it at this moment.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let namespaceName: string | undefined;

function namespace(): string {
  if (namespaceName === undefined) {
    try {
      namespaceName = readlinkSync('/proc/self/ns/pid').replaceAll(/[^0-9]/g, '');
    } catch {
      namespaceName = '0';
    }
  }
  return namespaceName;
}
