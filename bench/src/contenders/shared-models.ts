import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'models');

/** Path of a model of the folder `shared/models` beside the repository; it need not be there. */
export function sharedModel(name: string): string {
  return join(FOLDER, ...name.split('/'));
}

/** Why a benchmark that needs the model cannot run here, or `null`. */
export function missingModel(name: string): string | null {
  return existsSync(sharedModel(name))
    ? null
    : `\`shared/models/${name}\` is not there; the folder \`shared\` is expected beside the repository.`;
}
