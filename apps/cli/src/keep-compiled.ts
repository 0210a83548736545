import { enableCompileCache } from 'node:module';
import { cacheDirectory } from '@switchyard/core/host';
import type { CliContext } from './cli-context.ts';
import { compiledFolder } from './compiled-folder.ts';

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
  enableCompileCache(compiledFolder(cacheDirectory({ environment, cwd })));
}
