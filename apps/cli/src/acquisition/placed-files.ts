import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isRecord } from '@switchyard/composition';
import { AcquireError, fromFileSystem } from './acquire-error.ts';
import { hashFile } from './hash-file.ts';
import type { NativePart } from './native-part.ts';

/** Kept beside the files, so that they can be found again and removed. */
const RECORD = '.switchyard-acquired.json';

/** One file that was put in place. */
interface PlacedFile {
  /** Relative to the destination, with `/`. */
  readonly path: string;
  /** `link` where it is a symbolic link, otherwise the SHA-256 of its bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What was acquired, as it is written beside it. */
export interface AcquiredRecord {
  readonly schema: 1;
  readonly backend: string;
  readonly archive: string;
  readonly sha256: string;
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly acquiredAt: string;
  readonly files: readonly PlacedFile[];
}

/**
 * `absent`; `acquired` by this program; `present` because something else brought it; `incomplete`: acquired, and not
 * all of it is there; `occupied`: only some of the files are there, and somebody else brought them.
 */
export type PartState = 'absent' | 'acquired' | 'present' | 'incomplete' | 'occupied';

/** What is in the place of a native part. */
export interface PartStanding {
  readonly state: PartState;
  readonly record: AcquiredRecord | null;
}

/** Looks at the place of a native part. Reads names and lengths. */
export async function standingOf({ destination, files }: NativePart): Promise<PartStanding> {
  const record = await readRecord(destination);
  if (record !== null) {
    const there = await Promise.all(
      record.files.map(async ({ path, bytes }) => {
        const found = await lstat(join(destination, path)).catch(ifAbsent);
        return found !== null && (found.isSymbolicLink() || found.size === bytes);
      }),
    );
    return { state: there.every(Boolean) ? 'acquired' : 'incomplete', record };
  }
  const there = files.filter(({ file }) => existsSync(join(destination, file)));
  const state = there.length === files.length ? 'present' : there.length === 0 ? 'absent' : 'occupied';
  return { state, record };
}

/** Folder in which a part is unpacked: on the disk of its destination, so that renaming moves it there whole. */
export function stagingFolder({ backend, destination }: NativePart): string {
  return join(dirname(destination), `.switchyard-${backend}-unpacked`);
}

/**
 * Puts unpacked files in their place, all or none, and the record with them.
 *
 * @throws AcquireError `destination-occupied`
 */
export async function placeFiles(
  part: NativePart,
  staging: string,
  words: { readonly sha256: string; readonly source: string; readonly signal?: AbortSignal | undefined },
): Promise<AcquiredRecord> {
  const { backend, archive, destination, files } = part;
  const placed: PlacedFile[] = [];
  for (const entry of await readdir(staging, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const sha256 = entry.isSymbolicLink() ? 'link' : await hashFile(file, words.signal);
    const { size } = await lstat(file);
    placed.push({ path: relative(staging, file).split(sep).join('/'), sha256, bytes: size });
  }
  const record: AcquiredRecord = {
    schema: 1,
    backend,
    archive,
    sha256: words.sha256,
    source: words.source,
    acquiredAt: new Date().toISOString(),
    files: placed.toSorted((left, right) => (left.path < right.path ? -1 : 1)),
  };
  words.signal?.throwIfAborted();
  try {
    await writeFile(join(staging, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    if (!existsSync(destination)) {
      await mkdir(dirname(destination), { recursive: true });
      await rename(staging, destination);
      return record;
    }
    await moveInto(
      staging,
      destination,
      files.map(({ file }) => file),
    );
  } catch (error) {
    throw fromFileSystem(error, destination);
  }
  return record;
}

/** Moves what is in one folder into another that is in use. The record goes first, what decides goes last. */
async function moveInto(staging: string, destination: string, deciding: readonly string[]): Promise<void> {
  const rank = (name: string): number => (name === RECORD ? -1 : deciding.indexOf(name) + 1);
  const names = (await readdir(staging)).toSorted((left, right) => rank(left) - rank(right));
  const occupied = names.filter((name) => existsSync(join(destination, name)));
  if (occupied.length > 0) throw occupiedError(destination, occupied);
  const moved: string[] = [];
  try {
    for (const name of names) {
      await rename(join(staging, name), join(destination, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved.toReversed())
      await rm(join(destination, name), { recursive: true, force: true });
    throw error;
  }
  await rmdir(staging);
}

/** Files that are in the way of a part, and were not acquired. */
export function occupiedError(destination: string, names: readonly string[]): AcquireError {
  return new AcquireError(
    'destination-occupied',
    `\`${destination}\` already holds ${names.map((name) => `\`${name}\``).join(', ')}, which this program did not put there.`,
    'Remove them, or install the package of the engine anew, and run it again.',
  );
}

/** What became of the files of a record. */
export interface Removal {
  readonly removed: readonly string[];
  /** Files that are not as they were acquired, and so belong to somebody else by now. */
  readonly kept: readonly string[];
}

/** Removes what was acquired, and nothing that was changed since. The folder goes too, if that leaves it empty. */
export async function removePlaced(destination: string, record: AcquiredRecord): Promise<Removal> {
  const removed: string[] = [];
  const kept: string[] = [];
  // The last file to be put there is the first to go: what is left never passes for complete.
  for (const { path, sha256, bytes } of record.files.toReversed()) {
    const file = join(destination, path);
    const found = await lstat(file).catch(ifAbsent);
    if (found === null) continue;
    const same = found.isSymbolicLink()
      ? sha256 === 'link'
      : found.isFile() && found.size === bytes && (await hashFile(file)) === sha256;
    if (!same) {
      kept.push(path);
      continue;
    }
    await rm(file);
    removed.push(path);
  }
  await rm(join(destination, RECORD), { force: true });
  const folders = new Set(record.files.flatMap(({ path }) => foldersOf(path)));
  for (const folder of [...folders].toSorted((left, right) => right.length - left.length)) {
    await removeIfEmpty(join(destination, folder));
  }
  await removeIfEmpty(destination);
  return { removed, kept };
}

async function readRecord(destination: string): Promise<AcquiredRecord | null> {
  const file = join(destination, RECORD);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return ifAbsent(error);
  }
  const record = parsed(text);
  if (!isRecord(record) || record['schema'] !== 1 || !Array.isArray(record['files'])) throw damaged(file);
  for (const one of record['files'] as unknown[]) {
    if (!isRecord(one) || typeof one['path'] !== 'string' || typeof one['sha256'] !== 'string')
      throw damaged(file);
    // A record that was tampered with must not remove anything elsewhere.
    const parts = one['path'].split('/');
    if (one['path'].includes('\\') || parts.includes('..') || parts.includes('')) throw damaged(file);
  }
  return record as unknown as AcquiredRecord;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Said by the caller, with the name of the file.
    return null;
  }
}

function damaged(file: string): AcquireError {
  return new AcquireError(
    'destination-occupied',
    `\`${basename(file)}\` in \`${dirname(file)}\` is not as this program wrote it, so that nobody knows what was acquired.`,
    'Install the package of the engine anew, and run it again.',
  );
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

async function removeIfEmpty(folder: string): Promise<void> {
  const found = await stat(folder).catch(ifAbsent);
  if (found !== null && (await readdir(folder)).length === 0) await rmdir(folder);
}

function ifAbsent(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
