import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import { describeBackend } from '../vitest.ts';

// The engine itself: what needs it is skipped where it is not installed. The double has tests of its own.
describeBackend({ create: createOpenvinoBackend });
