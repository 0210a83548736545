import { library } from '@switchyard/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(library(['src/index.ts', 'src/count-nodes-entry.ts']));
