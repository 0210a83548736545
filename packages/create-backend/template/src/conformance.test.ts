import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { HOST } from './__fixtures__/host.ts';
import { createTemplateIdBackend } from './index.ts';

// What every backend owes its users. A case is left out only with its reason: `skip: [{ cases: ['K7'], reason: '…' }]`.
describeBackend({ create: createTemplateIdBackend, host: HOST, skip: [] });
