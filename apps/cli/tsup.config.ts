import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { library } from '@switchyard/tooling/tsup';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const CORE = fileURLToPath(new URL('../../packages/core/src', import.meta.url));

/** Six files that every start would look for become part of one, with the licence that has to go with them. */
const commanderInside: Plugin = {
  name: 'commander-inside',
  setup(build) {
    build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, async ({ path }) => {
      const licence = await readFile(resolve(path, '../../LICENSE'), 'utf8');
      return { contents: `/*!\ncommander\n${licence}*/\n${await readFile(path, 'utf8')}` };
    });
  },
};

/**
 * What runs before compiled code can be read is compiled at every start: it takes its one function of core with it, in
 * place of loading all that stands beside it (docs/decisions/0032). Everybody else gets core as the package that it is.
 */
const smallBeginning: Plugin = {
  name: 'small-beginning',
  setup(build) {
    build.onResolve({ filter: /^@switchyard\/core\/host$/ }, ({ path, importer }) =>
      /[\\/]keep-compiled\.ts$/.test(importer)
        ? { path: resolve(CORE, 'host/cache-directory.ts') }
        : { path, external: true },
    );
  },
};

export default defineConfig({
  ...library(['src/index.ts', 'src/main.ts']),
  noExternal: ['commander', '@switchyard/core/host'],
  esbuildPlugins: [commanderInside, smallBeginning],
});
