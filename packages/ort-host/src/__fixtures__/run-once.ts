import { isMainThread, parentPort } from 'node:worker_threads';
import { makeTensor, type NumericTensor } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { openModel } from './open-model.ts';

/** Opens a model, runs it, releases it, and gives the number of bytes that came out: 4. */
export async function runOnce(): Promise<number> {
  const session = await openModel(identityModel());
  const { y } = await session.doRun({ x: makeTensor('float32', [1], [7]) });
  await session[Symbol.asyncDispose]();
  return (y as NumericTensor).bytes.byteLength;
}

if (!isMainThread && parentPort !== null) parentPort.postMessage(await runOnce());
