import { createCudaBackend } from '@switchyard/backend-cuda';
import { describeBackend } from '../vitest.ts';

describeBackend({
  create: createCudaBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
