import { TensorError, type NumericTensor, type Tensor } from '@switchyard/core';
import type { OrtTensor } from './ort-library.ts';

type View = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferView;
};

const VIEWS: Readonly<Record<string, View>> = {
  float32: Float32Array,
  float64: Float64Array,
  // The binding of 1.30.0 reads float16 from a Uint16Array only; a Float16Array arrives as no bytes.
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/**
 * A tensor as the binding reads it, over the same bytes where they are aligned. It is a plain object
 * and no `Tensor` of onnxruntime-common, because that class turns float16 into a `Float16Array` on
 * Node.js 24 and later.
 */
export function toOrtTensor(name: string, tensor: Tensor): OrtTensor {
  const dims = [...tensor.shape];
  if (tensor.dtype === 'string') {
    for (const [index, text] of tensor.strings.entries()) checkString(name, index, text);
    return { type: 'string', dims, data: [...tensor.strings], location: 'cpu' };
  }
  if (tensor.dtype === 'bool') checkBooleans(name, tensor.bytes);
  return { type: tensor.dtype, dims, data: viewOf(name, tensor), location: 'cpu' };
}

/** The tensor that the binding gave, over the memory that it allocated for it. */
export function fromOrtTensor(name: string, tensor: OrtTensor): Tensor {
  const shape = [...tensor.dims];
  if (!ArrayBuffer.isView(tensor.data)) return { dtype: 'string', shape, strings: tensor.data };
  if (!Object.hasOwn(VIEWS, tensor.type)) {
    throw new TypeError(`ONNX Runtime gave \`${name}\` as ${tensor.type}, which its metadata did not say.`);
  }
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    dtype: tensor.type as NumericTensor['dtype'],
    shape,
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

function viewOf(name: string, tensor: NumericTensor): ArrayBufferView {
  const view = Object.hasOwn(VIEWS, tensor.dtype) ? VIEWS[tensor.dtype] : undefined;
  if (view === undefined) {
    throw new TensorError(
      'input-dtype',
      `The input \`${name}\` is ${tensor.dtype}, which the Node.js binding of ONNX Runtime cannot take.`,
      { tensor: name },
    );
  }
  const bytes = tensor.bytes.byteOffset % view.BYTES_PER_ELEMENT === 0 ? tensor.bytes : tensor.bytes.slice();
  return new view(bytes.buffer, bytes.byteOffset, bytes.byteLength / view.BYTES_PER_ELEMENT);
}

function checkString(name: string, index: number, text: unknown): void {
  const problem =
    typeof text !== 'string'
      ? 'is no string'
      : text.includes('\0')
        ? 'contains a NUL character, at which ONNX Runtime would cut it'
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
