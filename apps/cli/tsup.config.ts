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

const ON_DEMAND: Readonly<Record<string, string>> = {
  'node:process': 'export default process;',
  'node:child_process': `export default {
    spawn: (...words) => process.getBuiltinModule('node:child_process').spawn(...words),
  };`,
  'node:util': `const util = () => process.getBuiltinModule('node:util');
    export const stripVTControlCharacters = (text) => util().stripVTControlCharacters(text);
    export const styleText = (format, text, options) => util().styleText(format, text, options);`,
};

/**
 * What commander and the terminal import of Node.js and hardly use is loaded when it is used. As modules these three
 * make every property that they have, the standard streams among them, which takes milliseconds of every start.
 */
const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  setup(build) {
    build.onResolve({ filter: /^node:(process|child_process|util)$/ }, ({ path, importer }) =>
      /[\\/](commander|terminal)[\\/]/.test(importer) ? { path, namespace: 'on-demand' } : null,
    );
    build.onLoad({ filter: /./, namespace: 'on-demand' }, ({ path }) => ({ contents: ON_DEMAND[path]! }));
  },
};

export default defineConfig({
  ...library(['src/index.ts', 'src/main.ts']),
  noExternal: ['commander', '@switchyard/core/host'],
  // Otherwise tsup takes `node:` away before the plugin sees it.
  removeNodeProtocol: false,
  // Six files that every start would look for become part of one.
  esbuildPlugins: [licenceInside('commander', 'lib/command.js', 'LICENSE'), smallBeginning, builtinsOnDemand],
});
