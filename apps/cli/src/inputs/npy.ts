import {
  elementCount,
  makeTensor,
  tensorFromBytes,
  TensorError,
  type DType,
  type Tensor,
} from '@switchyard/core';

const DTYPE_OF: Readonly<Record<string, Exclude<DType, 'string'>>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Position of the first byte of data. */
  readonly start: number;
}

/**
 * Reads an array as NumPy's `save` writes it, format versions 1.0, 2.0 and 3.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): all numbers and booleans that
 * tensors have, either byte order, either element order, and text (`<U`, `|S` as UTF-8). The bytes are
 * copied. Throws a `TensorError`: `input-unreadable` for what is no such file or a damaged one,
 * `input-dtype` for arrays of Python objects, complex numbers, records and dates.
 *
 * @param source how messages name the file
 */
export function readNpy(bytes: Uint8Array, source: string): Tensor {
  const header = readHeader(bytes, source);
  const { descr, shape, start } = header;
  const kind = /^([<>|])([fiub])(\d+)$/u.exec(descr);
  const dtype = kind === null ? undefined : DTYPE_OF[`${kind[2]}${kind[3]}`];
  const text = /^[<>|]([US])(\d+)$/u.exec(descr);
  if (dtype === undefined && text === null) throw unsupported(descr, source);
  const width = text === null ? Number(kind![3]) : Number(text[2]) * (text[1] === 'U' ? 4 : 1);
  const count = elementCount(shape);
  const found = bytes.byteLength - start;
  if (found !== count * width) {
    throw damaged(
      source,
      `its header says ${descr} [${shape.join(', ')}], which takes ${count * width} bytes, but ${found} follow`,
    );
  }
  // A copy (slice() of a Buffer would be none): it is aligned, and big-endian and transposed data is put right in place.
  let data = new Uint8Array(bytes.subarray(start));
  if (descr.startsWith('>')) swapBytes(data, text === null ? width : 4);
  if (header.fortranOrder) data = transpose(data, shape, width);
  if (dtype === undefined)
    return makeTensor('string', shape, readStrings(data, count, width, text![1]!, source));
  if (dtype === 'bool' && data.some((byte) => byte > 1)) {
    throw damaged(source, 'a boolean in it is neither 0 nor 1');
  }
  return tensorFromBytes(dtype, shape, data);
}

function readHeader(bytes: Uint8Array, source: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCodePoint(...bytes.subarray(0, 6)) !== '\u0093NUMPY') {
    throw new TensorError('input-unreadable', `${source} is not a NumPy array: it does not begin as one.`, {
      remedy: 'Write it with `numpy.save`, or say what it is with `?format=`.',
    });
  }
  const version = bytes[6];
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.byteLength < 8 + lengthBytes) throw damaged(source, 'it ends inside its header');
  if (version !== 1 && version !== 2 && version !== 3) {
    throw new TensorError(
      'input-unreadable',
      `${source} is a NumPy file of format version ${version}.${bytes[7]}, but 1.0, 2.0 and 3.0 are known.`,
      { remedy: 'Write it with `numpy.save`.' },
    );
  }
  const start = 8 + lengthBytes + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.byteLength < start) throw damaged(source, 'it ends inside its header');
  const text = Buffer.from(bytes.subarray(8 + lengthBytes, start)).toString(
    version === 3 ? 'utf8' : 'latin1',
  );
  const descr = /'descr':\s*(?:'([^']*)'|([[(]))/u.exec(text);
  if (descr?.[2] !== undefined) throw unsupported('of records', source);
  const order = /'fortran_order':\s*(True|False)/u.exec(text);
  const shape = /'shape':\s*\(([\d,\sL]*)\)/u.exec(text);
  if (descr === null || order === null || shape === null)
    throw damaged(source, 'its header cannot be understood');
  const sizes = shape[1]!.split(',').map((size) => size.trim().replace(/L$/u, ''));
  return {
    descr: descr[1]!,
    fortranOrder: order[1] === 'True',
    shape: sizes.filter((size) => size !== '').map(Number),
    start,
  };
}

/** Reverses the bytes of every element in place. */
export function swapBytes(data: Uint8Array, width: number): void {
  if (width < 2) return;
  for (let start = 0; start < data.length; start += width) data.subarray(start, start + width).reverse();
}

function transpose(data: Uint8Array, shape: readonly number[], width: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data.length);
  const position = shape.map(() => 0);
  const strides: number[] = [];
  let stride = width;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  for (let target = 0; target < data.length; target += width) {
    let from = 0;
    for (const [axis, index] of position.entries()) from += index * strides[axis]!;
    for (let byte = 0; byte < width; byte += 1) out[target + byte] = data[from + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      position[axis]! += 1;
      if (position[axis]! < shape[axis]!) break;
      position[axis] = 0;
    }
  }
  return out;
}

function readStrings(data: Uint8Array, count: number, width: number, kind: string, source: string): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Array.from({ length: count }, (_, index) => {
    const start = index * width;
    try {
      if (kind === 'S') {
        return decoder.decode(data.subarray(start, start + width)).replace(/\0+$/u, '');
      }
      let string = '';
      for (let at = start; at < start + width; at += 4)
        string += String.fromCodePoint(view.getUint32(at, true));
      return string.replace(/\0+$/u, '');
    } catch (error) {
      const wanted = kind === 'S' ? 'UTF-8' : 'Unicode';
      throw new TensorError('input-value', `Text ${index} in ${source} is not ${wanted}.`, {
        remedy: 'Write the array with `arr.astype("U")`.',
        cause: error,
      });
    }
  });
}

function damaged(source: string, why: string): TensorError {
  return new TensorError('input-unreadable', `${source} is a damaged NumPy array: ${why}.`, {
    remedy: 'Write it again with `numpy.save`.',
  });
}

function unsupported(descr: string, source: string): TensorError {
  const what = /O/u.test(descr)
    ? 'Python objects, which only Python can read'
    : /c\d/u.test(descr)
      ? `complex numbers (\`${descr}\`)`
      : descr === 'of records'
        ? 'records'
        : `elements of type \`${descr}\``;
  return new TensorError('input-dtype', `${source} is a NumPy array of ${what}; no tensor holds those.`, {
    remedy: descr.endsWith('V2')
      ? 'For bfloat16, write the bytes with `arr.tofile("x.bin")` and give that file.'
      : 'Convert it in Python first, for instance with `arr.astype("float32")`.',
  });
}
