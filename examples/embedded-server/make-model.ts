// node --conditions=@switchyard/source make-model.ts
import { writeFileSync } from 'node:fs';
import { buildModel } from '@switchyard/onnx/testing';

/** `opposites = -numbers`, int32, any number of rows of three. */
export function makeModel(): Uint8Array {
  const shape = ['rows', 3];
  return buildModel({
    inputs: [{ name: 'numbers', dtype: 'int32', shape }],
    outputs: [{ name: 'opposites', dtype: 'int32', shape }],
    nodes: [{ op: 'Neg', inputs: ['numbers'], outputs: ['opposites'] }],
  });
}

if (import.meta.main) writeFileSync(new URL('models/opposite.onnx', import.meta.url), makeModel());
