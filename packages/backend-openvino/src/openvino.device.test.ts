import { describe, expect, it } from 'vitest';
import { LINUX } from './__fixtures__/host.ts';
import { sharedSuite } from './__fixtures__/shared-suite.ts';
import { createOpenvinoBackend } from './openvino-backend.ts';
import { createOpenvinoLoader } from './openvino-library.ts';

// Loading it for real decides, so that the suite below runs wherever it can.
const loaded = await createOpenvinoLoader()();
const skipped = loaded.ok ? '' : ` (skipped: ${loaded.reason.code}, openvino-node cannot be loaded here)`;

describe.skipIf(!loaded.ok)(`OpenVINO backend on the real OpenVINO${skipped}`, () => {
  sharedSuite(() => createOpenvinoBackend());
});

describe.skipIf(loaded.ok)('OpenVINO backend without the runtime of openvino-node', () => {
  it('says why it does not work, and what to do', async () => {
    const backend = createOpenvinoBackend();
    const result = await backend.doProbe({ host: LINUX });
    expect(result.ok ? null : result.reason).toEqual(loaded.ok ? null : loaded.reason);
    expect(result.ok ? '' : result.reason.remedy).toMatch(/\w/);
    const absent = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
    const opening = backend.doOpen(
      { bytes: new Uint8Array(), name: 'model.onnx' },
      { device: absent, options: {} },
    );
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', backend: 'openvino' });
  });
});
