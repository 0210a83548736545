import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { library, licenceInside } from '@switchyard/tooling/tsup';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const CORE = fileURLToPath(new URL('../../packages/core/src', import.meta.url));

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
  // Six files that every start would look for become part of one.
  esbuildPlugins: [licenceInside('commander', 'lib/command.js', 'LICENSE'), smallBeginning],
});
