import { TensorError, type NumericTensor, type Tensor } from '@switchyard/core';
import type { EngineTensor } from './engine.ts';
import { WASM_DTYPES } from './wasm-facts.ts';

/**
 * A tensor as the engine reads it, over the same bytes: it copies them into its own memory. It is a plain object
 * and no `Tensor` of the engine, whose float16 is another class of array in every version of Node.js.
 */
export function toEngineTensor(name: string, tensor: Tensor): EngineTensor {
  const dims = [...tensor.shape];
  if (tensor.dtype === 'string') {
    for (const [index, text] of tensor.strings.entries()) checkString(name, index, text);
    return { type: 'string', dims, data: [...tensor.strings], location: 'cpu' };
  }
  if (tensor.dtype === 'bool') checkBooleans(name, tensor.bytes);
  return { type: tensor.dtype, dims, data: tensor.bytes, location: 'cpu' };
}

/** The tensor that the engine copied out of its memory. */
export function fromEngineTensor(name: string, tensor: EngineTensor): Tensor {
  const shape = [...tensor.dims];
  if (!ArrayBuffer.isView(tensor.data)) return { dtype: 'string', shape, strings: tensor.data };
  const dtype = tensor.type as NumericTensor['dtype'];
  if (!WASM_DTYPES.includes(dtype)) {
    throw new TypeError(
      `onnxruntime-web gave \`${name}\` as ${tensor.type}, which its metadata did not say.`,
    );
  }
  const { buffer, byteOffset, byteLength } = tensor.data;
  return { dtype, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function checkString(name: string, index: number, text: unknown): void {
  const problem =
    typeof text !== 'string'
      ? 'is no string'
      : text.includes('\0')
        ? 'contains a NUL character, at which onnxruntime-web would cut it'
        : text.startsWith('\u{feff}')
          ? 'begins with a byte order mark (U+FEFF), which onnxruntime-web would drop'
          : text.isWellFormed()
            ? null
            : 'contains half of a surrogate pair, which has no UTF-8 form';
  if (problem === null) return;
  throw new TensorError('input-value', `Element ${index} of the input \`${name}\` ${problem}.`, {
    tensor: name,
    remedy: 'Change the text, or encode it.',
  });
}

function checkBooleans(name: string, bytes: Uint8Array): void {
  const index = bytes.findIndex((byte) => byte > 1);
  if (index < 0) return;
  throw new TensorError(
    'input-value',
    `Element ${index} of the input \`${name}\` is the byte ${bytes[index]}, but a bool is 0 or 1.`,
    { tensor: name },
  );
}
