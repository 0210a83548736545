import { randomUUID } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file or leaves what was there: the bytes go to a file beside it, which then takes its place.
 * A symbolic link keeps pointing to the file it names, the permissions of an existing file stay, and devices
 * and pipes are written directly. Throws the error of the file system.
 */
export async function atomicWrite(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return path;
    throw error;
  });
  const before = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (before?.isDirectory() === true) {
    throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
  }
  if (before !== null && !before.isFile()) {
    await writeFile(target, bytes);
    return;
  }
  // Renaming onto a file needs no right to write to it, but its owner took that right away on purpose.
  if (before !== null) await (await open(target, 'r+')).close();
  const temporary = join(dirname(target), `.${basename(target).slice(0, 60)}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    if (before !== null) await chmod(temporary, before.mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
