import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '@switchyard/core';
import {
  decodeEntry,
  ENTRY_FILE,
  isKind,
  MAX_ENTRY_BYTES,
  UNFINISHED_FILE,
  type StoreEntry,
} from './store-entry.ts';

/** Says something once about one subject. */
export type Warn = (subject: string, message: string) => void;

/** A file that was begun and not finished belongs to a process that ended; no write takes this long. */
const ABANDONED_MS = 60 * 60 * 1000;

/** An entry with the size of its file, or `null` when there is none that can be read. */
export async function readEntryFile(
  file: string,
  warn: Warn,
): Promise<{ readonly entry: StoreEntry; readonly bytes: number } | null> {
  let text: string;
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_ENTRY_BYTES) {
        warn(file, `\`${file}\` is ignored: it has ${size} bytes, more than an entry can have.`);
        return null;
      }
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isAbsent(error)) warn(file, `\`${file}\` could not be read: ${errorText(error)}.`);
    return null;
  }
  const entry = decodeEntry(text);
  if (typeof entry !== 'string') return { entry, bytes: Buffer.byteLength(text) };
  warn(file, `\`${file}\` is ignored: ${entry}.`);
  return null;
}

/** Files below the folder of a store that a store wrote; `finished` is false for what a write left behind. */
export async function storeFiles(
  folder: string,
  warn: Warn,
): Promise<readonly { readonly file: string; readonly finished: boolean }[]> {
  const files: { file: string; finished: boolean }[] = [];
  for (const kind of await names(folder, warn)) {
    if (isKind(kind)) files.push(...(await entryFiles(join(folder, kind), warn)));
  }
  return files;
}

/** Removes entries that are too old, then the oldest above the limit, and what unfinished writes left behind. */
export async function pruneStore(
  folder: string,
  { maxEntries, oldest }: { readonly maxEntries: number; readonly oldest: number },
  warn: Warn,
): Promise<void> {
  const kept: { readonly file: string; readonly written: number }[] = [];
  const gone: string[] = [];
  for (const { file, finished } of await entryFiles(folder, warn)) {
    const written = await writtenAt(file, warn);
    if (written === null) continue;
    if (!finished) {
      if (written < Date.now() - ABANDONED_MS) gone.push(file);
    } else if (written < oldest) gone.push(file);
    else kept.push({ file, written });
  }
  const newestFirst = kept.toSorted((left, right) => right.written - left.written);
  gone.push(...newestFirst.slice(maxEntries).map(({ file }) => file));
  for (const file of gone) {
    try {
      await rm(file, { force: true });
    } catch (error) {
      warn(file, `\`${file}\` could not be removed: ${errorText(error)}.`);
    }
  }
}

async function entryFiles(
  folder: string,
  warn: Warn,
): Promise<readonly { readonly file: string; readonly finished: boolean }[]> {
  return (await names(folder, warn)).flatMap((name) => {
    const finished = ENTRY_FILE.test(name);
    return finished || UNFINISHED_FILE.test(name) ? [{ file: join(folder, name), finished }] : [];
  });
}

async function names(folder: string, warn: Warn): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!isAbsent(error)) warn(folder, `\`${folder}\` could not be read: ${errorText(error)}.`);
    return [];
  }
}

async function writtenAt(file: string, warn: Warn): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    // Another process may have pruned it a moment ago.
    if (!isAbsent(error)) warn(file, `\`${file}\` could not be looked at: ${errorText(error)}.`);
    return null;
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
