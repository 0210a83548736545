import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheChoice } from './openvino-cache-options.ts';
import { saidText } from './openvino-error.ts';

/** Folders of this backend's own making; anything else in the cache folder is left alone. */
const FINGERPRINT = /^[0-9a-f]{32}$/;
const WORK_FOLDER = /^(\d+)-[0-9a-f]{12}$/;
/** After this long a work folder of a process that is gone is removed. */
const STALE_MILLISECONDS = 24 * 60 * 60 * 1000;

interface Kept {
  readonly path: string;
  readonly bytes: number;
  /** When it was last used, in milliseconds. */
  readonly usedAt: number;
}

/**
 * Removes what was used longest ago until the rest fits the limit, and what killed processes left behind.
 *
 * @returns what could not be removed, or that the newest compiled model is over the limit alone; else `null`
 */
export async function pruneCompiledModels({ folder, limitBytes }: CacheChoice): Promise<string | null> {
  await removeStaleWork(join(folder, 'work'));
  const kept = await listKept(folder);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const said: string[] = [];
  for (const [index, { path, bytes }] of kept.entries()) {
    if (total <= limitBytes) break;
    try {
      await removeWhole(path, join(folder, 'work'));
      total -= bytes;
      if (index === kept.length - 1) {
        said.push(
          `The compiled model was not kept: it has ${mebibytes(bytes)} MiB, and \`modelCacheLimit\` is ${mebibytes(limitBytes)}.`,
        );
      }
    } catch (error) {
      said.push(`A compiled model that is over the limit could not be removed: ${saidText(error)}.`);
    }
  }
  return said.length === 0 ? null : said.join(' ');
}

/** Removes a work folder with what is in it. A file that is still in use stays until a later pruning. Never rejects. */
export async function removeWorkFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // Windows keeps mapped and read-only files; both can be tried again when they are stale.
    await makeWritable(path);
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function makeWritable(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await chmod(join(folder, name), 0o600).catch(() => undefined);
}

async function listKept(folder: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await readdir(folder)) {
    if (!FINGERPRINT.test(name)) continue;
    const path = join(folder, name);
    const entry = await measure(path);
    if (entry !== null) kept.push(entry);
  }
  return kept.toSorted((left, right) => left.usedAt - right.usedAt || (left.path < right.path ? -1 : 1));
}

/** `null` for a folder that another process removed meanwhile. */
async function measure(path: string): Promise<Kept | null> {
  try {
    const { mtimeMs } = await stat(path);
    let bytes = 0;
    for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size;
    return { path, bytes, usedAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Moved away first, so that nobody ever finds half a folder. */
async function removeWhole(path: string, work: string): Promise<void> {
  await mkdir(work, { recursive: true, mode: 0o700 });
  const aside = join(work, `${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeWorkFolder(aside);
}

async function removeStaleWork(work: string): Promise<void> {
  for (const name of await readdir(work)) {
    const owner = WORK_FOLDER.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const path = join(work, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > STALE_MILLISECONDS) await removeWorkFolder(path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '');
}
