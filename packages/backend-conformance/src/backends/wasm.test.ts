import { createWasmBackend } from '@switchyard/backend-wasm';
import { readHostFacts } from '@switchyard/core/host';
import { describeBackend } from '../vitest.ts';

describeBackend({ create: createWasmBackend, host: await readHostFacts() });
