import { TensorError, type DType, type Tensor } from '@switchyard/core';

const DESCR: Readonly<Partial<Record<DType, string>>> = {
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  bool: '|b1',
};

/**
 * The bytes of a NumPy file, as `numpy.save` writes it: format version 1.0 (2.0 where the header is long),
 * little-endian, in C order; text as `<U`. Throws a `TensorError` (`output-unwritable`) for bfloat16, int4 and
 * uint4, which NumPy does not have, and for text that ends in a NUL character, which NumPy would drop.
 *
 * @param name name of the output, for messages
 */
export function writeNpy(tensor: Tensor, name = 'tensor'): Uint8Array {
  const text = tensor.dtype === 'string' ? encodeStrings(tensor.strings, name) : null;
  const descr = text === null ? DESCR[tensor.dtype] : `<U${text.width}`;
  if (descr === undefined) {
    throw new TensorError(
      'output-unwritable',
      `NumPy has no ${tensor.dtype}, which the output \`${name}\` is.`,
      {
        tensor: name,
        remedy: 'Write it as `.json` or as raw `.bin`.',
      },
    );
  }
  const data = text === null ? (tensor as Exclude<Tensor, { readonly dtype: 'string' }>).bytes : text.bytes;
  const sizes = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const prefix = dictionary.length > 65_000 ? 12 : 10;
  // The data starts at a multiple of 64, and the header ends in a newline.
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const bytes = new Uint8Array(prefix + length + data.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('\u0093NUMPY', 'latin1'));
  bytes[6] = prefix === 10 ? 1 : 2;
  if (prefix === 10) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  bytes.set(Buffer.from(`${dictionary.padEnd(length - 1)}\n`, 'latin1'), prefix);
  bytes.set(data, prefix + length);
  return bytes;
}

function encodeStrings(
  strings: readonly string[],
  name: string,
): { readonly width: number; readonly bytes: Uint8Array } {
  const points = strings.map((string) => Array.from(string, (character) => character.codePointAt(0)!));
  const width = points.reduce((widest, list) => Math.max(widest, list.length), 1);
  const bytes = new Uint8Array(points.length * width * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, list] of points.entries()) {
    if (list.at(-1) === 0) {
      throw new TensorError(
        'output-unwritable',
        `Text ${index} of the output \`${name}\` ends in a NUL character, which NumPy drops.`,
        {
          tensor: name,
          remedy: 'Write it as `.json`.',
        },
      );
    }
    for (const [at, point] of list.entries()) view.setUint32((index * width + at) * 4, point, true);
  }
  return { width, bytes };
}
