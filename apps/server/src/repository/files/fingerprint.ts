import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundModel } from './found-model.ts';

/** A model's folder, its versions, and folders for data in them. */
const DEEPEST = 4;

/**
 * Tells by sizes, times and inodes whether anything of a model changed; no content is read.
 *
 * @param companions files outside the model's folder that belong to it
 */
export async function fingerprintOf(found: FoundModel, companions: Iterable<string>): Promise<string> {
  const lines: string[] = [found.label];
  if (found.file !== null) await addFile(found.file, lines);
  if (found.folder !== null) await addFolder(found.folder, 0, lines);
  // A folder of a version may be a link to one elsewhere in the repository.
  for (const folder of found.versions.values()) {
    if (found.folder !== null && !folder.startsWith(found.folder)) await addFolder(folder, 1, lines);
  }
  for (const path of companions) await addFile(path, lines);
  return lines.join('\n');
}

async function addFolder(folder: string, depth: number, lines: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) {
    lines.push(`${folder} unreadable`);
    return;
  }
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) await addFile(path, lines);
    else if (depth < DEEPEST) {
      lines.push(path);
      await addFolder(path, depth + 1, lines);
    }
  }
}

async function addFile(path: string, lines: string[]): Promise<void> {
  // The link itself too: it may lead to another file of the same size and time.
  for (const look of [lstat, stat]) lines.push(`${path} ${(await stampOf(path, look)) ?? 'absent'}`);
}

/** Changes with everything that is written to a file, or put in its place; `null` where there is none. */
export async function stampOf(path: string, look: typeof stat = stat): Promise<string | null> {
  const stats = await look(path, { bigint: true }).catch(() => null);
  if (stats === null) return null;
  return `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
