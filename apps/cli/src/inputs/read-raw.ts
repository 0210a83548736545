import {
  bitsPerElement,
  isDType,
  tensorFromBytes,
  TensorError,
  type Tensor,
  type ValueInfo,
} from '@switchyard/core';
import { checkShape, fitCount, type FittedShape } from './fit-shape.ts';
import { swapBytes } from './npy.ts';
import { parseShape } from './parse-shape.ts';

/**
 * Makes a tensor of bytes without a header. The element type is the declared one; `dtype` may only repeat
 * it. Options: `shape`, `endian`, `offset` (bytes to skip). Throws a `TensorError`.
 */
export function readRaw(
  bytes: Uint8Array,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
  source: string,
): { readonly tensor: Tensor; readonly notes: readonly string[] } {
  const { dtype, name } = valueInfo;
  const said = options.get('dtype');
  if (said !== undefined && said !== dtype) {
    throw new TensorError(
      'input-dtype',
      isDType(said)
        ? `${source} was said to hold ${said}, but the input \`${name}\` is ${dtype}.`
        : `\`dtype=${said}\` is not an element type; the input \`${name}\` is ${dtype}.`,
      { tensor: name, remedy: `Convert the data to ${dtype}; nothing is converted silently.` },
    );
  }
  if (dtype === 'string') {
    throw new TensorError('input-dtype', `The input \`${name}\` is text, which has no raw form.`, {
      tensor: name,
      remedy: 'Give JSON, like `["first", "second"]`, or a NumPy file.',
    });
  }
  const offset = wholeNumber(options.get('offset') ?? '0', name);
  if (offset > bytes.byteLength) {
    throw new TensorError(
      'input-unreadable',
      `${source} has ${bytes.byteLength} bytes, fewer than \`offset=${offset}\`.`,
      {
        tensor: name,
      },
    );
  }
  // Not slice(), which for a Buffer is no copy.
  const data = new Uint8Array(bytes.subarray(offset));
  const bits = bitsPerElement(dtype);
  const fitted = fitBytes(valueInfo, dims, options.get('shape'), data.byteLength, bits, source);
  const big = options.get('endian') === 'big';
  if (big) swapBytes(data, bits / 8);
  if (dtype === 'bool' && data.some((byte) => byte > 1)) {
    throw new TensorError(
      'input-value',
      `A byte of ${source} is neither 0 nor 1, but the input \`${name}\` is bool.`,
      {
        tensor: name,
      },
    );
  }
  const notes = [`raw ${dtype}, ${big ? 'big' : 'little'}-endian`];
  if (offset > 0) notes.push(`${offset} ${offset === 1 ? 'byte' : 'bytes'} skipped`);
  if (fitted.note !== null) notes.push(fitted.note);
  return { tensor: tensorFromBytes(dtype, fitted.shape, data), notes };
}

function fitBytes(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  said: string | undefined,
  length: number,
  bits: number,
  source: string,
): FittedShape {
  const shape = said === undefined ? null : parseShape(said);
  if (shape !== null) checkShape(valueInfo, dims, shape, `\`shape=${said}\``);
  const known =
    shape ?? valueInfo.shape.map((size) => (typeof size === 'string' ? (dims.get(size) ?? null) : size));
  if (known.every((size) => size !== null)) {
    const expected = Math.ceil((known.reduce((product, size) => product * size, 1) * bits) / 8);
    if (expected !== length) {
      throw new TensorError(
        'input-shape',
        `The input \`${valueInfo.name}\` takes ${expected} bytes for ${valueInfo.dtype} [${known.join(', ')}], but ${source} has ${length}.`,
        { tensor: valueInfo.name, remedy: 'Check the element type, the shape, and `offset`.' },
      );
    }
    return { shape: known, note: null };
  }
  if ((length * 8) % bits !== 0) {
    throw new TensorError(
      'input-shape',
      `${source} has ${length} bytes, which is no whole number of ${valueInfo.dtype} elements of ${bits / 8} bytes.`,
      { tensor: valueInfo.name, remedy: 'Check the element type and `offset`.' },
    );
  }
  return fitCount(valueInfo, dims, (length * 8) / bits, source);
}

function wholeNumber(text: string, tensor: string): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value)) return value;
  throw new TensorError('input-unreadable', `\`offset=${text}\` is no number of bytes.`, {
    tensor,
    remedy: 'Write a whole number.',
  });
}
