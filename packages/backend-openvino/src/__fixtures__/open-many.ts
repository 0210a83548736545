/** Opens models again and again with one folder of compiled models and a limit that they do not all fit in. */
import { createOpenvinoBackend } from '../openvino-backend.ts';
import { MODELS } from './models.ts';
import { createOpenvinoDouble } from './openvino-double.ts';

const [folder] = process.argv.slice(2);
const { library } = createOpenvinoDouble({ blobBytes: 7 * 1024 * 1024 });
const backend = createOpenvinoBackend({ library });
const device = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
const troubles: string[] = [];
for (let round = 0; round < 4; round += 1) {
  for (const model of MODELS.slice(0, 3)) {
    const session = await backend.doOpen(
      { bytes: model.bytes, name: 'model.onnx' },
      {
        device,
        options: { modelCache: true, modelCacheFolder: folder!, modelCacheLimit: 16 },
        onProgress: (phase) => {
          if (phase.startsWith('The compiled model')) troubles.push(phase);
        },
      },
    );
    await session[Symbol.asyncDispose]();
  }
}
if (troubles.length > 0) {
  process.stderr.write(troubles.join('\n'));
  process.exitCode = 1;
}
