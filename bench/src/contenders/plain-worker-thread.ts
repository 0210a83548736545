// The thread of `plain-worker.ts`: what somebody writes who moves onnxruntime-node off the main thread.
import { parentPort, workerData } from 'node:worker_threads';
import { openDirect } from './direct-engine.ts';

const port = parentPort;
if (port === null) throw new TypeError('This module runs in a worker thread.');
const { model } = workerData as { readonly model: Uint8Array | null };
const direct = model === null ? null : await openDirect(model);

port.on('message', (message: { readonly id: number; readonly x: Float32Array<ArrayBuffer> } | 'close') => {
  if (message === 'close') {
    void Promise.resolve(direct?.[Symbol.asyncDispose]()).then(() => port.close());
    return;
  }
  const { id, x } = message;
  if (direct === null) {
    port.postMessage({ id, y: x }, [x.buffer]);
    return;
  }
  void direct.run({ x: new direct.engine.Tensor('float32', x, [x.length]) }).then(({ y }) => {
    const data = (y as unknown as { readonly data: Float32Array<ArrayBuffer> }).data;
    port.postMessage({ id, y: data }, [data.buffer]);
  });
});
port.postMessage('ready');
