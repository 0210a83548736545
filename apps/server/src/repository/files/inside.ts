import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path, with all links followed, is a folder or lies below it. */
function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where a path really leads: the real path, `null` where nothing is there, `outside` where a link leaves the folder. */
export async function realInside(
  folder: string,
  path: string,
): Promise<{ readonly path: string } | 'outside' | null> {
  let real: string;
  try {
    real = await realpath(path);
  } catch (error) {
    // A link that leads in a circle leads nowhere.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  return contains(folder, real) ? { path: real } : 'outside';
}
