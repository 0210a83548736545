import type { ViteUserConfig } from 'vitest/config';

const conditions = ['@switchyard/source', 'node', 'import', 'default'];

/** The one test configuration: workspace packages resolve to their sources, so no build is needed. */
export function project(name: string, overrides: NonNullable<ViteUserConfig['test']> = {}): ViteUserConfig {
  return {
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      name,
      include: ['src/**/*.test.ts', '*.test.ts'],
      environment: 'node',
      pool: 'forks',
      execArgv: ['--conditions=@switchyard/source'],
      testTimeout: 30_000,
      ...overrides,
    },
  };
}
