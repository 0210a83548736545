import { bytesPerElement, type Datatype } from '../datatype.ts';
import type { WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { valuesOf } from '../tensor/tensor-values.ts';
import { formatFixed } from './c-fixed.ts';

/** Most elements of a tensor, of each row where it is batched, that are put in order. */
const MOST_ELEMENTS = 1_000_000;
const UNSUPPORTED: ReadonlySet<Datatype> = new Set(['BOOL', 'FP16', 'BF16', 'BYTES']);
const ENCODER = new TextEncoder();

/** How a classification is made. */
export interface ClassifyOptions {
  /** One per class, in order; empty for none. */
  readonly labels: readonly string[];
  /** Whether the first dimension is the batch. */
  readonly batched: boolean;
}

/**
 * The `count` largest values of a tensor, per row where it is batched, as BYTES of `value:index[:label]`,
 * the largest first and equal ones by index. Numbers of FP print as C's `%f`, integers as they are. NaN
 * comes after every number.
 *
 * @throws invalid-argument for a datatype that cannot be classified, more than a million elements, and a
 *   count of 0
 */
export function classify(tensor: WireTensor, count: number, options: ClassifyOptions): WireTensor {
  const { datatype, shape, name } = tensor;
  if (UNSUPPORTED.has(datatype)) {
    refuse(`class result not available for output due to unsupported type '${datatype}'`);
  }
  if (!Number.isSafeInteger(count) || count < 1) {
    refuse(`classification of output '${name}' asks for ${count} classes, expected 1 or more`);
  }
  if (tensor.content.kind !== 'bytes') {
    refuse(`classification of output '${name}' needs its values, which are not at hand`);
  }
  const total = tensor.content.bytes.length / (bytesPerElement(datatype) ?? 1);
  const rows = options.batched ? (shape[0] ?? 1) : 1;
  const columns = rows === 0 ? 0 : total / rows;
  if (columns > MOST_ELEMENTS) refuse('classification output tensor too large');
  const values = valuesOf(tensor) as ArrayLike<number | bigint>;
  const kept = Math.min(count, columns);
  const elements: Uint8Array[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (const index of largest(values, row * columns, columns, kept)) {
      elements.push(
        ENCODER.encode(describe(values[row * columns + index]!, index, datatype, options.labels)),
      );
    }
  }
  return {
    name,
    datatype: 'BYTES',
    shape: options.batched ? [rows, kept] : [kept],
    content: { kind: 'elements', elements },
    parameters: tensor.parameters,
  };
}

function describe(
  value: number | bigint,
  index: number,
  datatype: Datatype,
  labels: readonly string[],
): string {
  const text = datatype.startsWith('FP') ? formatFixed(Number(value)) : String(value);
  const label = labels[index];
  return label === undefined ? `${text}:${index}` : `${text}:${index}:${label}`;
}

/** Indices of the largest values of a row, in order. */
function largest(
  values: ArrayLike<number | bigint>,
  start: number,
  columns: number,
  kept: number,
): Iterable<number> {
  const order = (left: number, right: number): number =>
    compare(values[start + left]!, values[start + right]!) || left - right;
  if (kept === 1) {
    let best = 0;
    for (let index = 1; index < columns; index += 1) if (order(index, best) < 0) best = index;
    return [best];
  }
  return Uint32Array.from({ length: columns }, (_, index) => index)
    .toSorted(order)
    .subarray(0, kept);
}

/** Larger ones first, NaN last. */
function compare(left: number | bigint, right: number | bigint): number {
  if (left > right) return -1;
  if (left < right) return 1;
  if (left === right) return 0;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
