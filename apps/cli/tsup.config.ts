import { library } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig([
  // The two are built side by side, so that one must not clean away what the other has written.
  { ...library(['src/index.ts', 'src/start.ts']), clean: ['!main.js', '!main.js.map'] },
  // What runs before compiled code can be read is compiled at every start: one small file, with the few
  // lines of core that it needs, and everything else behind an import of its own (docs/decisions/0032).
  {
    ...library(['src/main.ts']),
    clean: false,
    splitting: false,
    noExternal: [/^@switchyard\/core/],
    esbuildOptions: (options) => {
      options.conditions = ['@switchyard/source'];
    },
    esbuildPlugins: [
      {
        name: 'start-stays-apart',
        setup(build) {
          build.onResolve({ filter: /^\.\/start\.ts$/ }, () => ({ path: './start.js', external: true }));
        },
      },
    ],
  },
]);
