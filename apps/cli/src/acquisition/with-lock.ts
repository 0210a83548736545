import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AcquireError, fromFileSystem } from './acquire-error.ts';

/**
 * Does something that only one process at a time may do to a place. What a process that ended left behind is no
 * hindrance.
 *
 * @param place absolute path that the work is about
 * @param folder absolute path of the folder that keeps who is at work
 * @throws AcquireError `destination-occupied` while another process is at work there
 */
export async function withLock<Result>(
  place: string,
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 24);
  const file = join(folder, `${name}.lock`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await take(file, place);
  } catch (error) {
    throw fromFileSystem(error, folder);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, place: string): Promise<void> {
  try {
    await write(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(await readFile(file, 'utf8'));
    if (isAtWork(holder)) {
      throw new AcquireError(
        'destination-occupied',
        `The process ${holder} is acquiring into \`${place}\`.`,
        `Wait for it; if it is something else by now, remove \`${file}\`.`,
        error,
      );
    }
    await rm(file, { force: true });
    await write(file);
  }
}

async function write(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(String(process.pid));
  } finally {
    await handle.close();
  }
}

function isAtWork(holder: number): boolean {
  if (!Number.isInteger(holder) || holder <= 0) return false;
  try {
    return process.kill(holder, 0);
  } catch (error) {
    // Somebody else's process may not be asked, and is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
