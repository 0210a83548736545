import { library } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(
  library([
    'src/index.ts',
    'src/probe/probe-entry.ts',
    'src/isolation/process-entry.ts',
    'src/isolation/thread-entry.ts',
    'src/isolation/watchdog-entry.ts',
  ]),
);
