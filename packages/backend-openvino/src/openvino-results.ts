import { ExecutionError, type Tensors } from '@switchyard/core';
import type { Tensor as OpenvinoTensor } from 'openvino-node';
import { elementType, type OpenvinoPort } from './openvino-ports.ts';

/** Copies one result out of the binding, whose data getter gives a fresh array each time. */
export function readOutput(results: Record<string, OpenvinoTensor>, port: OpenvinoPort): Tensors[string] {
  const { name } = port.info;
  const tensor = Object.hasOwn(results, name) ? results[name] : undefined;
  const word = tensor === undefined ? 'no tensor' : String(tensor.getElementType());
  const type = elementType(word);
  if (tensor === undefined || type === undefined) {
    throw new ExecutionError('run-failed', `OpenVINO returned ${word} for output \`${name}\`.`, {
      backend: 'openvino',
    });
  }
  const data = tensor.getData();
  return {
    dtype: type.dtype,
    shape: [...tensor.getShape()],
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
