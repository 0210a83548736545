import { join } from 'node:path';

/**
 * Where Node.js keeps the compiled form of this program, below the folder for caches. The name is no kind of entry, so
 * that no store takes it for its own.
 */
export function compiledFolder(cache: string): string {
  return join(cache, '.compiled');
}
