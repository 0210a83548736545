import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the files of a package, without the packages that lie in its `node_modules`. Links count as nothing. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const entry of await entriesOf(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') waiting.push(path);
      } else if (entry.isFile()) bytes += (await lstat(path)).size;
    }
  }
  return bytes;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true });
}
