import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { createMpsCoremlBackend } from './create-mps-coreml-backend.ts';

describeBackend({
  create: createMpsCoremlBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
  },
});
