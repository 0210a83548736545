import { dirname, sep } from 'node:path';
import type { FoundModel } from './files/found-model.ts';

/** A reason without the folders of the machine, because clients read it. */
export function hidePaths(text: string, found: FoundModel): string {
  const folders = [found.root, ...(found.file === null ? [] : [dirname(found.file)])];
  // A file in the root has nothing to hide, and every path begins with it.
  const telling = folders.filter((folder) => dirname(folder) !== folder);
  return telling.reduce(
    (shorter, folder) => shorter.replaceAll(`${folder}${sep}`, '').replaceAll(folder, found.label),
    text,
  );
}
