import { randomBytes } from 'node:crypto';
import { chmod, copyFile, link, mkdir, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pruneCompiledModels, removeWorkFolder } from './openvino-cache-prune.ts';
import type { CacheChoice } from './openvino-cache-options.ts';
import { saidText } from './openvino-error.ts';

/** Below this much free space nothing is kept: OpenVINO ends the process when the disk is full (openvino#20190). */
const LEAST_FREE_BYTES = 64 * 1024 * 1024;

/** A folder for one opening, with what is kept of earlier ones in it. */
export interface CompileCache {
  /** Value for `CACHE_DIR`. */
  readonly directory: string;
  /** Whether a compiled model for the fingerprint was there before. */
  readonly filled: boolean;
  /** Keeps what OpenVINO wrote, and removes what is over the limit. Never rejects; says what went wrong. */
  publish(): Promise<string | null>;
  /** Removes the folder. Never rejects. */
  dispose(): Promise<void>;
}

/** The folder, or one sentence that says why nothing is kept this time. */
export type OpenedCache =
  | { readonly ok: true; readonly cache: CompileCache }
  | { readonly ok: false; readonly why: string };

/** Why compiled models are not kept on a disk with so much free space; `null` where they are. */
export function spaceProblem(freeBytes: number): string | null {
  return freeBytes >= LEAST_FREE_BYTES
    ? null
    : `only ${Math.floor(freeBytes / 1024 / 1024)} MiB are free on its disk, and ${LEAST_FREE_BYTES / 1024 / 1024} are needed`;
}

/**
 * Opens a work folder for one compilation. OpenVINO writes its files in place and in several steps, so it
 * never writes where others read: it gets a folder of its own, in which compiled models of the same
 * fingerprint are linked, and what it adds is linked into the shared folder when it is whole. Any number
 * of processes may do this at once, and one that is killed leaves only its work folder behind. Never rejects.
 */
export async function openCompileCache(choice: CacheChoice, fingerprint: string): Promise<OpenedCache> {
  const { folder } = choice;
  const shared = join(folder, fingerprint);
  const work = join(folder, 'work', `${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(work, { recursive: true, mode: 0o700 });
    const space = await statfs(folder);
    const problem = spaceProblem(space.bavail * space.bsize);
    if (problem !== null) {
      await removeWorkFolder(work);
      return { ok: false, why: problem };
    }
    const before = await linkAll(shared, work);
    if (before.size > 0) await unlessGone(utimes(shared, new Date(), new Date()));
    return {
      ok: true,
      cache: {
        directory: work,
        filled: before.size > 0,
        publish: async () => publish(choice, { shared, work, before }),
        dispose: async () => removeWorkFolder(work),
      },
    };
  } catch (error) {
    await removeWorkFolder(work);
    return { ok: false, why: saidText(error) };
  }
}

interface Folders {
  readonly shared: string;
  readonly work: string;
  /** Files that were linked into the work folder, with what would change if OpenVINO wrote them anew. */
  readonly before: ReadonlyMap<string, string>;
}

async function publish(choice: CacheChoice, { shared, work, before }: Folders): Promise<string | null> {
  try {
    for (const name of await compiledModels(work)) {
      const file = join(work, name);
      const mark = await markOf(file);
      if (mark === before.get(name) || mark.startsWith('0 ')) continue;
      // The folder can be removed by another process between any two of these steps.
      for (let left = 5; left > 0; left -= 1) if (await unlessGone(place(file, shared, name))) break;
    }
    return await pruneCompiledModels(choice);
  } catch (error) {
    return `The compiled model could not be kept: ${saidText(error)}.`;
  }
}

/** Puts a file under a name at once: over an older one, or the same one of another process. */
async function place(file: string, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const passing = join(folder, `.${randomBytes(6).toString('hex')}.tmp`);
  await linkOrCopy(file, passing);
  await rename(passing, join(folder, name));
  // On some systems renaming one link of a file over another does nothing.
  await rm(passing, { force: true });
}

/** Whether a step was done; `false` when another process removed the folder meanwhile. */
async function unlessGone(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Links every compiled model of a folder into another. A folder that is removed meanwhile counts as empty. */
async function linkAll(from: string, to: string): Promise<Map<string, string>> {
  const linked = new Map<string, string>();
  try {
    for (const name of await compiledModels(from)) {
      await linkOrCopy(join(from, name), join(to, name));
      linked.set(name, await markOf(join(to, name)));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return linked;
}

async function compiledModels(folder: string): Promise<string[]> {
  // OpenVINO's own suffix (FileStorageCacheManager); kernels that a GPU adds while it runs are not kept.
  return (await readdir(folder)).filter((name) => name.endsWith('.blob')).toSorted();
}

async function markOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${size} ${mtimeMs}`;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    // Not every file system has links.
    await copyFile(from, to);
    await chmod(to, 0o600);
  }
}
