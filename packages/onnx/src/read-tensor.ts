import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type OnnxDType, dtypeBytes, dtypeName } from './dtype.ts';
import { OnnxFileError } from './errors/onnx-file-error.ts';

/** One tensor with its elements: numbers as little-endian bytes in row-major order, or texts. */
export type OnnxTensor = {
  /** Empty where the file does not name it. */
  readonly name: string;
  readonly shape: readonly number[];
} & (
  | { readonly dtype: Exclude<OnnxDType, 'string'>; readonly bytes: Uint8Array }
  | { readonly dtype: 'string'; readonly strings: readonly string[] }
);

type Write = (view: DataView, offset: number, value: number | bigint) => void;

const LITTLE = true;

/** Elements that lie in `int32_data`, `uint64_data` and their kin, by bytes and kind (onnx/onnx.proto, TensorProto). */
const INTEGERS: Readonly<Record<number, Write>> = {
  1: (view, offset, value) => view.setUint8(offset, Number(value) & 0xff),
  2: (view, offset, value) => view.setUint16(offset, Number(value) & 0xffff, LITTLE),
  4: (view, offset, value) => view.setUint32(offset, Number(BigInt.asUintN(32, BigInt(value))), LITTLE),
  8: (view, offset, value) => view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), LITTLE),
};
const FLOATS: Readonly<Record<number, Write>> = {
  4: (view, offset, value) => view.setFloat32(offset, Number(value), LITTLE),
  8: (view, offset, value) => view.setFloat64(offset, Number(value), LITTLE),
};

interface Found {
  name: string;
  dataType: number;
  external: boolean;
  /** A copy, because a view of wider elements cannot begin at every byte of the file. */
  raw: Uint8Array | null;
  readonly shape: number[];
  readonly strings: string[];
  /** Everything of the fields for one kind of number each, of which a tensor fills one. */
  readonly values: (number | bigint)[];
}

/**
 * Reads a file that holds one `TensorProto`, as the test cases of the ONNX project do.
 *
 * @param bytes - The whole file.
 * @param path - (optional) What to call it in errors. Default: `<bytes>`.
 * @throws OnnxFileError `model-not-onnx` for other bytes, `external-data-missing` for a tensor without its data.
 */
export function readTensor(bytes: Uint8Array, path = '<bytes>'): OnnxTensor {
  let found: Found;
  try {
    found = readFields(bytes);
  } catch (error) {
    throw notATensor(path, error instanceof Error ? error.message : String(error), error);
  }
  const { name, shape } = found;
  if (found.external) {
    throw new OnnxFileError({
      code: 'external-data-missing',
      path,
      message: `The tensor in \`${path}\` keeps its data in another file. Write the data into the tensor itself.`,
    });
  }
  const dtype = dtypeName(found.dataType);
  const elements = shape.reduce((product, length) => product * length, 1);
  if (dtype === 'string') {
    if (found.strings.length !== elements) {
      throw notATensor(path, `${elements} texts were announced, ${found.strings.length} are there`);
    }
    return { name, shape, dtype, strings: found.strings };
  }
  const size = dtypeBytes(dtype, elements);
  const data = found.raw ?? fromValues(found.values, dtype, size ?? 0);
  if (data.byteLength !== size) {
    throw notATensor(path, `a ${dtype} tensor of [${shape.join(', ')}] has ${data.byteLength} bytes`);
  }
  return { name, shape, dtype, bytes: data };
}

function readFields(bytes: Uint8Array): Found {
  const reader = new BinaryReader(bytes);
  const found: Found = {
    name: '',
    dataType: 0,
    external: false,
    raw: null,
    shape: [],
    strings: [],
    values: [],
  };
  const many = (
    wireType: WireType,
    into: (number | bigint)[],
    read: () => number | bigint | string,
  ): void => {
    const end = wireType === WireType.LengthDelimited ? reader.uint32() + reader.pos : reader.pos + 1;
    while (reader.pos < end) {
      const value = read();
      into.push(typeof value === 'string' ? BigInt(value) : value);
    }
  };
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) {
      const dimensions: (number | bigint)[] = [];
      many(wireType, dimensions, () => reader.int64());
      found.shape.push(...dimensions.map(Number));
    } else if (field === 2) found.dataType = reader.int32();
    else if (field === 4) many(wireType, found.values, () => reader.float());
    else if (field === 5) many(wireType, found.values, () => reader.int32());
    else if (field === 6) found.strings.push(new TextDecoder().decode(reader.bytes()));
    else if (field === 7) many(wireType, found.values, () => reader.int64());
    else if (field === 8) found.name = reader.string();
    else if (field === 9) found.raw = new Uint8Array(reader.bytes());
    else if (field === 10) many(wireType, found.values, () => reader.double());
    else if (field === 11) many(wireType, found.values, () => reader.uint64());
    else if (field === 14) found.external = reader.int32() === 1;
    else reader.skip(wireType, field);
  }
  return found;
}

function fromValues(values: readonly (number | bigint)[], dtype: OnnxDType, size: number): Uint8Array {
  const isFloat = /^(float(32|64)|complex(64|128))$/.test(dtype);
  const parts = dtype.startsWith('complex') ? 2 : 1;
  const width = Math.max(1, (dtypeBytes(dtype, 2) ?? 2) / 2 / parts);
  const bytes = new Uint8Array(values.length * width);
  const write = (isFloat ? FLOATS : INTEGERS)[width];
  const view = new DataView(bytes.buffer);
  if (write !== undefined) for (const [index, value] of values.entries()) write(view, index * width, value);
  return size === 0 ? new Uint8Array(0) : bytes;
}

function notATensor(path: string, what: string, cause?: unknown): OnnxFileError {
  return new OnnxFileError({
    code: 'model-not-onnx',
    path,
    message: `\`${path}\` is no file of one ONNX tensor: ${what}. Give a file that holds a \`TensorProto\`.`,
    cause,
  });
}
