import { createWebgpuBackend } from '@switchyard/backend-webgpu';
import { describeBackend } from '../vitest.ts';

describeBackend({
  create: createWebgpuBackend,
  optionSets: {
    // One of the two has no effect without the other, and is refused.
    interOpThreads: [{ executionMode: 'parallel', interOpThreads: 2 }],
    // A name that is not in the model keeps no node from the device.
    forceCpuNodeNames: [{ forceCpuNodeNames: '/model/Resize' }],
  },
});
