import { readlinkSync, rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'switchyard-model';

/** A folder that nobody else reads or writes. */
export interface PrivateFolder {
  /** Its real path. */
  readonly path: string;
  readonly remove: () => Promise<void>;
}

const folders = new Set<string>();

/** Nothing else runs when a process exits in the middle of its work, as after a second signal. */
function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/**
 * Makes a folder (mode 0700) that is named after this process and goes with it.
 *
 * @param parent where, `null` for the system's folder for temporary files
 */
export async function makePrivateFolder(parent: string | null): Promise<PrivateFolder> {
  const prefix = `${PREFIX}-${process.pid}-${namespace()}-`;
  const path = await realpath(await mkdtemp(join(parent ?? tmpdir(), prefix)));
  if (folders.size === 0) process.on('exit', removeAll);
  folders.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      folders.delete(path);
      if (folders.size === 0) process.off('exit', removeAll);
    },
  };
}

/** Removes the folders of processes that were killed and could not do it themselves. */
export async function sweepPrivateFolders(parent: string | null): Promise<void> {
  const home = parent ?? tmpdir();
  // A folder that is not there has nothing to remove; whoever needs it later says so.
  const names = await readdir(home).catch(() => []);
  for (const name of names) {
    if (!isLeft(name)) continue;
    const path = join(home, name);
    try {
      const stats = await lstat(path);
      // Others may make names like ours in a folder that everybody writes to.
      if (!stats.isDirectory() || (stats.uid !== userInfo().uid && userInfo().uid !== -1)) continue;
      await rm(path, { recursive: true, force: true });
    } catch {
      // Another process sweeps it at this moment.
    }
  }
}

/** Whether it is the folder of a process of this namespace that is not there any more. */
function isLeft(name: string): boolean {
  const [, pid, space] = /^switchyard-model-(\d+)-(\d+)-/.exec(name) ?? [];
  // The same number means another process in another container, which may share this folder.
  if (pid === undefined || space !== namespace()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

let namespaceName: string | undefined;

function namespace(): string {
  if (namespaceName === undefined) {
    try {
      namespaceName = readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
    } catch {
      namespaceName = '0';
    }
  }
  return namespaceName;
}
