import { constants, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { accessTo } from './file-access.ts';
import type { ReadRange } from './linux/shared-objects/elf-dynamic.ts';

/** What reading one file or directory gave. `absent` tells a missing file from one that cannot be read. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly absent: boolean; readonly why: string };

/** One entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * The files of one machine below a root directory, so that a recorded tree is read by the same code as
 * the machine itself. Paths are given as the machine sees them (`/proc/meminfo`). Nothing throws.
 */
export class MachineFiles {
  readonly #root: string;
  readonly #texts = new Map<string, Promise<Reading<string>>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The file as UTF-8 text. It is read once, so that facts from one file agree with each other. */
  readText(path: string): Promise<Reading<string>> {
    const before = this.#texts.get(path);
    if (before !== undefined) return before;
    const reading = attempt(path, () => accessTo(path).text(this.#at(path)));
    this.#texts.set(path, reading);
    return reading;
  }

  /** The file as bytes; at most the first `limit` bytes where a limit is given. */
  readBytes(path: string, limit?: number): Promise<Reading<Buffer>> {
    const access = accessTo(path);
    return attempt(path, () =>
      limit === undefined ? access.bytes(this.#at(path)) : access.start(this.#at(path), limit),
    );
  }

  /** What a function finds in parts of a regular file. Its own exceptions count as failures to read. */
  inFile<T>(path: string, use: (read: ReadRange) => Promise<T>): Promise<Reading<T>> {
    return attempt(path, async () => {
      // Without the flag, opening a pipe waits for somebody to write to it.
      const handle = await open(this.#at(path), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const found = await handle.stat();
        if (!found.isFile()) throw Object.assign(new Error('It is no file.'), { code: 'no file' });
        return await use(async (offset, length) => {
          const wanted = Math.max(0, Math.min(length, found.size - offset));
          if (wanted === 0) return Buffer.alloc(0);
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
          return buffer.subarray(0, bytesRead);
        });
      } finally {
        await handle.close();
      }
    });
  }

  /** The entries of a directory, sorted by name so that the answer does not depend on the file system. */
  list(path: string): Promise<Reading<readonly DirectoryEntry[]>> {
    return attempt(path, async () => {
      const entries = await accessTo(path).entries(this.#at(path));
      return entries
        .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1));
    });
  }

  /** The names in a directory, sorted; cheaper than {@link MachineFiles.list} for large ones. */
  listNames(path: string): Promise<Reading<readonly string[]>> {
    return attempt(path, async () => (await accessTo(path).names(this.#at(path))).toSorted());
  }

  /** What is the same for two paths that lead to the same directory. */
  identity(path: string): Promise<Reading<string>> {
    return attempt(path, async () => {
      const { dev, ino } = await accessTo(path).status(this.#at(path));
      return `${dev}:${ino}`;
    });
  }

  /** Last component of the target of a symbolic link. */
  linkName(path: string): Promise<Reading<string>> {
    return attempt(path, async () => basename(await accessTo(path).target(this.#at(path))));
  }

  /** Whether something is there: `absent` where not, `ok` where it is, else why that cannot be told. */
  exists(path: string): Promise<Reading<true>> {
    return attempt(path, async () => {
      await accessTo(path).status(this.#at(path));
      return true as const;
    });
  }

  #at(path: string): string {
    return this.#root === '/' ? path : join(this.#root, path);
  }
}

async function attempt<T>(path: string, read: () => Promise<T> | T): Promise<Reading<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const absent = code === 'ENOENT' || code === 'ENOTDIR';
    return { ok: false, absent, why: absent ? `${path} does not exist` : `${path} cannot be read (${code})` };
  }
}
