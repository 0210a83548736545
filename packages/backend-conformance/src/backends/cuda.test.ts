import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { createCudaBackend } from './create-cuda-backend.ts';

describeBackend({
  create: createCudaBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
