import { rm } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { errorText } from '@switchyard/core';
import { cacheDirectory } from '@switchyard/core/host';
import type { CliContext } from './cli-context.ts';

/** Folder below the cache. Its name is no kind of entry, so that no store takes it for its own. */
const COMPILED = '.compiled';

/**
 * Lets Node.js keep the compiled form of what is imported from now on below the folder for caches, and read it from
 * there at the next start. Nothing is kept with `--no-cache`, nor by `switchyard cache`, which would undo its `clear`.
 * `NODE_DISABLE_COMPILE_CACHE` and `NODE_COMPILE_CACHE` keep their meaning; a folder that cannot be written is no error.
 */
export function keepCompiled({
  argv,
  environment,
  cwd,
}: Pick<CliContext, 'argv' | 'environment' | 'cwd'>): void {
  if (argv.includes('--no-cache') || argv.includes('cache')) return;
  enableCompileCache(join(cacheDirectory({ environment, cwd }), COMPILED));
}

/** Removes what was kept below a folder for caches. Programs that are running are not disturbed. */
export async function forgetCompiled(folder: string, onWarning: (message: string) => void): Promise<void> {
  const compiled = join(folder, COMPILED);
  try {
    await rm(compiled, { recursive: true, force: true });
  } catch (error) {
    onWarning(`\`${compiled}\` could not be removed: ${errorText(error)}.`);
  }
}
