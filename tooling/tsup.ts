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
