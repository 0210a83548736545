// The thread of `plain-worker.ts`: what somebody writes who moves onnxruntime-node off the main thread.
import { parentPort, workerData } from 'node:worker_threads';
import { openDirect } from './direct-engine.ts';

const port = parentPort;
if (port === null) throw new TypeError('This module runs in a worker thread.');
const { model } = workerData as { readonly model: Uint8Array | null };
const direct = model === null ? null : await openDirect(model);

/** The answer to one message; without a model, what came is the answer. */
async function answer(x: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
  if (direct === null) return x;
  const { y } = await direct.run({ x: new direct.engine.Tensor('float32', x, [x.length]) });
  return (y as unknown as { readonly data: Float32Array<ArrayBuffer> }).data;
}

async function close(): Promise<void> {
  await direct?.[Symbol.asyncDispose]();
  port!.close();
}

async function reply(id: number, x: Float32Array<ArrayBuffer>): Promise<void> {
  const y = await answer(x);
  port!.postMessage({ id, y }, [y.buffer]);
}

port.on('message', (message: { readonly id: number; readonly x: Float32Array<ArrayBuffer> } | 'close') => {
  void (message === 'close' ? close() : reply(message.id, message.x));
});
port.postMessage('ready');
