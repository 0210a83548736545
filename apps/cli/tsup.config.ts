import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { library } from '@switchyard/tooling/tsup';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

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

const startStaysApart: Plugin = {
  name: 'start-stays-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/start\.ts$/ }, () => ({ path: './start.js', external: true }));
  },
};

// Why there are two, and what is in which: docs/decisions/0032. They are built side by side, so that one must not
// clean away what the other has written.
export default defineConfig([
  {
    ...library(['src/index.ts', 'src/start.ts']),
    clean: ['!main.js', '!main.js.map'],
    noExternal: ['commander'],
    esbuildPlugins: [commanderInside],
  },
  {
    ...library(['src/main.ts']),
    clean: false,
    splitting: false,
    noExternal: [/^@switchyard\/core/],
    esbuildOptions: (options) => {
      options.conditions = ['@switchyard/source'];
    },
    esbuildPlugins: [startStaysApart],
  },
]);
