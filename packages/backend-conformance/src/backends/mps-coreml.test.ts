import { createMpsCoremlBackend } from '@switchyard/backend-mps-coreml';
import { describeBackend } from '../vitest.ts';

describeBackend({
  create: createMpsCoremlBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
