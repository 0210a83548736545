import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '@switchyard/core';
import { pruneStore, readEntryFile, storeFiles } from './store-files.ts';
import { encodeEntry, entryFile, isKind, MAX_ENTRY_BYTES } from './store-entry.ts';

/** How much and how long a store remembers. */
export interface StoreOptions {
  /** (optional) Told once of each thing that is wrong: a full disk, a damaged file. Default: nobody is told. */
  readonly onWarning?: (message: string) => void;
  /** (optional) Entries that are kept of each kind; the oldest go first. Default: 512. */
  readonly maxEntries?: number;
  /** (optional) Milliseconds after which an entry is forgotten. Default: 90 days. */
  readonly maxAgeMs?: number;
  /** (optional) The time in milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/** A value that was remembered. It was checked to be JSON and nothing more: whoever reads it checks the rest. */
export interface Remembered {
  readonly value: unknown;
  readonly recordedAt: Date;
  /** Milliseconds since it was recorded, never negative. */
  readonly ageMs: number;
}

/** What {@link Store.list} says of one entry. */
export interface StoreListing {
  readonly kind: string;
  readonly key: string;
  readonly recordedAt: Date;
  /** Size of its file. */
  readonly bytes: number;
}

/**
 * Small JSON values on disk, shared between processes. No member ever rejects for the state of the disk: what
 * cannot be read is not remembered, what cannot be written is not kept, and a warning says so.
 */
export interface Store {
  /** Folder of the store; it need not exist. */
  readonly path: string;
  /** The value of a key, or `null` when none is remembered. */
  read(kind: string, key: string): Promise<Remembered | null>;
  /**
   * Remembers a value. Readers see the old value or the new one, never a part of one.
   *
   * @returns whether it was kept
   */
  write(kind: string, key: string, value: unknown): Promise<boolean>;
  /** Everything that is remembered, sorted by kind and key. */
  list(): Promise<readonly StoreListing[]>;
  /**
   * Forgets everything. Files that no store wrote stay.
   *
   * @returns how many entries were removed
   */
  clear(): Promise<number>;
}

const CLOCK_SLACK_MS = 5 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Opens the store in a folder. Nothing is touched until something is written.
 *
 * Every entry is a file of its own below `<folder>/<kind>`, readable by its owner only, written under another
 * name and renamed, which is atomic on every platform: of two processes that write one key, one wins whole.
 */
export function openStore(folder: string, options: StoreOptions = {}): Store {
  const { maxEntries = 512, maxAgeMs = 90 * DAY_MS, now = Date.now } = options;
  const said = new Set<string>();
  const warn = (subject: string, message: string): void => {
    if (said.has(subject)) return;
    said.add(subject);
    options.onWarning?.(message);
  };

  return {
    path: folder,
    async read(kind, key) {
      checkKind(kind);
      const file = join(folder, kind, entryFile(key));
      const found = await readEntryFile(file, warn);
      if (found === null) return null;
      if (found.entry.kind !== kind || found.entry.key !== key) {
        warn(file, `\`${file}\` is ignored: it holds another key than its name says.`);
        return null;
      }
      const { recordedAt, value } = found.entry;
      const ageMs = now() - recordedAt;
      // A clock that was set back makes an entry come from the future; a little is nobody's mistake.
      return ageMs > maxAgeMs || ageMs < -CLOCK_SLACK_MS
        ? null
        : { value, recordedAt: new Date(recordedAt), ageMs: Math.max(0, ageMs) };
    },
    async write(kind, key, value) {
      checkKind(kind);
      const text = encodeEntry({ kind, key, recordedAt: now(), value });
      if (Buffer.byteLength(text) > MAX_ENTRY_BYTES) {
        warn(
          `${kind} ${key}`,
          `A value of \`${kind}\` is larger than ${MAX_ENTRY_BYTES} bytes and was not kept.`,
        );
        return false;
      }
      const parent = join(folder, kind);
      try {
        await mkdir(parent, { recursive: true, mode: 0o700 });
        await writeWhole(join(parent, entryFile(key)), text);
      } catch (error) {
        warn(
          folder,
          `Nothing can be remembered in \`${folder}\`: ${errorText(error)}. Make it writable, or name another folder in SWITCHYARD_CACHE_DIR.`,
        );
        return false;
      }
      await pruneStore(parent, { maxEntries, oldest: now() - maxAgeMs }, warn);
      return true;
    },
    async list() {
      const listings: StoreListing[] = [];
      for (const { file, finished } of await storeFiles(folder, warn)) {
        const found = finished ? await readEntryFile(file, warn) : null;
        if (found === null) continue;
        const { kind, key, recordedAt } = found.entry;
        listings.push({ kind, key, recordedAt: new Date(recordedAt), bytes: found.bytes });
      }
      const name = ({ kind, key }: StoreListing): string => `${kind} ${key}`;
      return listings.toSorted((left, right) => (name(left) < name(right) ? -1 : 1));
    },
    async clear() {
      let removed = 0;
      for (const { file, finished } of await storeFiles(folder, warn)) {
        try {
          await rm(file, { force: true });
          if (finished) removed += 1;
        } catch (error) {
          warn(file, `\`${file}\` could not be removed: ${errorText(error)}.`);
        }
      }
      return removed;
    },
  };
}

function checkKind(kind: string): void {
  if (isKind(kind)) return;
  throw new TypeError(`\`${kind}\` is no kind of entry: give lower-case letters, digits and hyphens.`);
}

async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
