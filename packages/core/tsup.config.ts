import { library } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(
  library(['src/index.ts', 'src/host/index.ts', 'src/machines/index.ts', 'src/testing/index.ts']),
);
