import { describeBackend } from '@switchyard/backend-conformance/vitest';
import { createOpenvinoBackend } from './openvino-backend.ts';

// The engine itself: what needs it is skipped where it is not installed. The double has tests of its own.
describeBackend({ create: createOpenvinoBackend });
