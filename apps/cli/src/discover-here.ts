import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { discover, type Discovery } from '@switchyard/composition';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Looks for backends in the project at or above a folder and beside this program. Runs none of them. */
export function discoverHere(cwd: string): Discovery {
  return discover(cwd, HERE);
}
