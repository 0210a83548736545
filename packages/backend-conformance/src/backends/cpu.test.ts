import { createCpuBackend } from '@switchyard/backend-cpu';
import { describeBackend } from '../vitest.ts';

describeBackend({
  create: createCpuBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
