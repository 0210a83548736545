import type { Datatype } from '../datatype.ts';
import { DEFAULT_CODEC_LIMITS } from '../infer/codec-options.ts';
import { NO_PARAMETERS } from '../infer/read-parameters.ts';
import type { TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { countElements } from './element-count.ts';
import { numberToBfloat16, numberToFloat16 } from './float16.ts';
import { integerRange } from './integer-ranges.ts';
import { fromWireBytes, toWireBytes } from './little-endian.ts';

const ENCODER = new TextEncoder();

/**
 * A tensor of values, row-major. The bytes of a typed array of the same elements are not copied.
 *
 * @throws invalid-argument when a value does not fit the datatype or their number the shape
 */
export function tensorFrom(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): WireTensor {
  const odd = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (odd !== undefined)
    refuse(`tensor '${name}' has the size ${odd} in its shape, expected integers of 0 or more`);
  const count = countElements(
    { role: 'input', name, forModel: '' },
    datatype,
    shape,
    DEFAULT_CODEC_LIMITS.maxElements,
  );
  if (count !== values.length) {
    refuse(
      `tensor '${name}' of shape [${shape.join(',')}] has ${count} elements, got ${values.length} values`,
    );
  }
  return {
    name,
    datatype,
    shape: [...shape],
    content: encode(name, datatype, values),
    parameters: NO_PARAMETERS,
  };
}

function encode(
  name: string,
  datatype: Datatype,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): TensorContent {
  if (datatype === 'BYTES') {
    const elements = Array.from(values, (value, index) => {
      if (value instanceof Uint8Array) return value;
      return typeof value === 'string' ? ENCODER.encode(value) : refuseValue(name, datatype, index, value);
    });
    return { kind: 'elements', elements };
  }
  if (datatype === 'BOOL') {
    const bytes = Uint8Array.from({ length: values.length }, (_, index) => {
      const value = values[index];
      if (value === true || value === 1) return 1;
      return value === false || value === 0 ? 0 : refuseValue(name, datatype, index, value);
    });
    return { kind: 'bytes', bytes };
  }
  const native = NATIVE[datatype];
  if (native !== null && values instanceof native) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { kind: 'bytes', bytes: fromWireBytes(bytes, native.BYTES_PER_ELEMENT) };
  }
  return { kind: 'bytes', bytes: convert(name, datatype, values) };
}

/** Arrays whose elements are those of the wire; none has FP16 and BF16, which are made from numbers. */
const NATIVE = {
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: null,
  BF16: null,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

function convert(
  name: string,
  datatype: Exclude<Datatype, 'BYTES' | 'BOOL'>,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): Uint8Array {
  switch (datatype) {
    case 'FP16':
    case 'BF16': {
      const toBits = datatype === 'FP16' ? numberToFloat16 : numberToBfloat16;
      return toWireBytes(
        Uint16Array.from({ length: values.length }, (_, index) =>
          toBits(number(name, datatype, values, index)),
        ),
      );
    }
    case 'FP32':
    case 'FP64': {
      const array = new NATIVE[datatype](values.length);
      for (let index = 0; index < values.length; index += 1)
        array[index] = number(name, datatype, values, index);
      return toWireBytes(array);
    }
    case 'INT64':
    case 'UINT64': {
      const array = new NATIVE[datatype](values.length);
      const range = integerRange(datatype);
      for (let index = 0; index < values.length; index += 1) {
        array[index] = integer(name, datatype, range, values, index);
      }
      return toWireBytes(array);
    }
    case 'UINT8':
    case 'UINT16':
    case 'UINT32':
    case 'INT8':
    case 'INT16':
    case 'INT32': {
      const array = new NATIVE[datatype](values.length);
      const range = integerRange(datatype);
      for (let index = 0; index < values.length; index += 1) {
        array[index] = Number(integer(name, datatype, range, values, index));
      }
      return toWireBytes(array);
    }
  }
}

function number(
  name: string,
  datatype: Datatype,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
  index: number,
): number {
  const value = values[index];
  return typeof value === 'number' ? value : refuseValue(name, datatype, index, value);
}

function integer(
  name: string,
  datatype: Datatype,
  range: readonly [bigint, bigint],
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
  index: number,
): bigint {
  const value = values[index];
  const exact = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof exact === 'bigint' && exact >= range[0] && exact <= range[1]) return exact;
  return refuseValue(name, datatype, index, value);
}

function refuseValue(name: string, datatype: Datatype, index: number, value: unknown): never {
  return refuse(
    `element ${index} of tensor '${name}' is ${typeof value === 'string' ? 'a string' : String(value)}, which does not fit ${datatype}`,
  );
}

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
