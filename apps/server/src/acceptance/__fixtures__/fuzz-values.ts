import { numberToFloat16 } from '@switchyard/open-inference';
import type { FixtureModel } from '../../__fixtures__/models.ts';
import { datatypeOf } from './fuzz-reference.ts';
import type { Random } from './random.ts';

/** An input with values that can be written in each form. */
export interface FuzzInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** As JSON writes them: numbers, words, or strings without quotes. */
  readonly values: readonly string[];
}

export const WIDTHS: Readonly<Record<string, number>> = {
  BOOL: 1, UINT8: 1, INT8: 1, UINT16: 2, INT16: 2, FP16: 2, UINT32: 4, INT32: 4, FP32: 4, UINT64: 8, INT64: 8, FP64: 8,
};

const TEXTS = ['', 'a', 'hello', 'é', '漢字', '🎉', '"\\\n\t', '\uFEFFbom', 'x'.repeat(300), '</script>', '\u2028', '0'];
const FLOATS = ['0', '-0', '1', '-1.5', 'NaN', 'Infinity', '-Infinity', '1e-45', '3.4028234663852886e38', '1e38', '0.1', '5e-324', '65504', '6e-8', '1E+2', '123456789012345680000'];

/** Inputs that fit a model. */
export function fittingInputs(random: Random, model: FixtureModel): readonly FuzzInput[] {
  const rows = 1 + random.below(model.maxBatchSize === 0 ? 1 : Math.min(model.maxBatchSize, 4));
  return model.inputs.map(({ name, dtype, dims }) => {
    const free = dims.map((size) => (size === -1 ? random.below(random.chance(0.1) ? 40 : 5) : size));
    const shape = model.maxBatchSize === 0 ? free : [rows, ...free];
    const datatype = datatypeOf(dtype);
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, datatype, shape, values: Array.from({ length: count }, () => valueOf(random, datatype)) };
  });
}

function valueOf(random: Random, datatype: string): string {
  if (datatype === 'BYTES') return random.chance(0.7) ? random.pick(TEXTS) : `t${random.below(1e9)}`;
  if (datatype === 'BOOL') return random.pick(['true', 'false', '1', '0']);
  if (datatype.startsWith('FP')) return random.chance(0.4) ? random.pick(FLOATS) : String((random.next() - 0.5) * 10 ** random.below(6));
  const bits = BigInt(WIDTHS[datatype]! * 8);
  const isSigned = datatype.startsWith('I');
  const least = isSigned ? -(2n ** (bits - 1n)) : 0n;
  const most = least + 2n ** bits - 1n;
  if (random.chance(0.2)) return String(random.pick([least, most, most - 1n, 0n, 1n]));
  const raw = random.bits64() & (2n ** bits - 1n);
  return String(isSigned ? BigInt.asIntN(Number(bits), raw) : raw);
}

/** The bytes of an input as the binary extension and raw contents have them. */
export function blobOf({ datatype, values }: FuzzInput): Buffer {
  if (datatype === 'BYTES') {
    return Buffer.concat(
      values.flatMap((text) => {
        const bytes = Buffer.from(text);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return [length, bytes];
      }),
    );
  }
  const width = WIDTHS[datatype]!;
  const blob = Buffer.alloc(values.length * width);
  values.forEach((text, index) => {
    const at = index * width;
    if (datatype === 'BOOL') blob[at] = text === 'true' || text === '1' ? 1 : 0;
    else if (datatype === 'FP64') blob.writeDoubleLE(Number(text), at);
    else if (datatype === 'FP32') blob.writeFloatLE(Number(text), at);
    else if (datatype === 'FP16') blob.writeUInt16LE(numberToFloat16(Number(text)), at);
    else {
      const value = BigInt.asUintN(width * 8, BigInt(text));
      for (let byte = 0; byte < width; byte += 1) blob[at + byte] = Number((value >> BigInt(byte * 8)) & 255n);
    }
  });
  return blob;
}
