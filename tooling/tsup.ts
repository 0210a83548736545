import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from 'tsup';

/**
 * The one build of every published package: ESM for Node 22, one file per entry with shared chunks,
 * dependencies left outside. Declarations come from `tsc` (docs/decisions/0001).
 */
export function library(entry: string[] = ['src/index.ts']): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node22',
    platform: 'node',
    dts: false,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
  };
}

/**
 * For a dependency whose files become part of ours (`noExternal`), so that a start looks for fewer: its licence goes
 * along, as a comment before its first file.
 *
 * @param entry the file of the dependency that is imported, from its folder, as `lib/command.js`
 * @param licence its licence, from the same folder
 */
export function licenceInside(
  name: string,
  entry: string,
  licence: string,
): NonNullable<Options['esbuildPlugins']>[number] {
  const path = [name, ...entry.split('/')].map((word) => word.replaceAll('.', String.raw`\.`));
  const filter = new RegExp(`[\\\\/]${path.join(String.raw`[\\/]`)}$`);
  return {
    name: `${name}-inside`,
    setup(build) {
      build.onLoad({ filter }, async ({ path: file }) => {
        const folder = file.slice(0, -entry.length);
        const text = await readFile(join(folder, licence), 'utf8');
        return { contents: `/*!\n${name}\n${text}*/\n${await readFile(file, 'utf8')}` };
      });
    },
  };
}
