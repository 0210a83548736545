import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { createCpuBackend } from './create-cpu-backend.ts';

describeBackend({
  create: createCpuBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
