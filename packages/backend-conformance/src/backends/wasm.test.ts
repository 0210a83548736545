import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { readHostFacts } from '@switchyard/core/host';
import { createWasmBackend } from './create-wasm-backend.ts';

describeBackend({ create: createWasmBackend, host: await readHostFacts() });
