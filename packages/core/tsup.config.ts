import { library, licenceInside } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig({
  ...library(['src/index.ts', 'src/host/index.ts', 'src/machines/index.ts', 'src/testing/index.ts']),
  // Five files that every start would look for, also where no configuration file is there (docs/decisions/0032).
  noExternal: ['jsonc-parser'],
  esbuildPlugins: [licenceInside('jsonc-parser', 'lib/esm/main.js', 'LICENSE.md')],
  esbuildOptions: (options) => {
    // Its modules, in place of what it has for `require`, which cannot be built in.
    options.mainFields = ['module', 'main'];
  },
});
