import { library } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(
  library([
    'src/index.ts',
    'src/vitest.ts',
    'src/child/child-entry.ts',
    'src/child/faults.ts',
    'src/child/thread-entry.ts',
  ]),
);
