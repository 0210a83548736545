import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { errorText } from '@switchyard/core';
import { hashFile } from './hash-files.ts';
import { makePrivateFolder } from './private-folder.ts';

/** Copies of files in a folder that nobody else writes to. */
export interface PrivateCopies {
  readonly folder: string;
  /** Where the first of the files is now. */
  readonly first: string;
  readonly remove: () => Promise<void>;
}

/**
 * Copies files with their places relative to the first one into a private folder (mode 0700), without
 * taking space where the file system can share it.
 *
 * @param files paths with the hash that each copy has to have; none lies above the first one's folder
 * @returns `null` when a file is not what its hash says any more
 */
export async function copyFiles(
  files: ReadonlyMap<string, string>,
  parent: string | null,
  signal: AbortSignal,
): Promise<PrivateCopies | null> {
  let folder = '';
  let remove: (() => Promise<void>) | null = null;
  try {
    ({ path: folder, remove } = await makePrivateFolder(parent));
    const [origin] = files.keys();
    const home = dirname(origin!);
    const places: string[] = [];
    for (const [path, hash] of files) {
      signal.throwIfAborted();
      const place = join(folder, relative(home, path));
      places.push(place);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await copyFile(path, place, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      if ((await hashFile(place, signal)) === hash) continue;
      await remove();
      return null;
    }
    return { folder, first: places[0]!, remove };
  } catch (error) {
    await remove?.();
    signal.throwIfAborted();
    const reason = errorText(error).replaceAll(folder || (parent ?? tmpdir()), 'the folder of copies');
    throw new Error(`its files could not be copied: ${reason}`, { cause: error });
  }
}
