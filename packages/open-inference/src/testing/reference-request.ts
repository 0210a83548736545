import { numberToBfloat16, numberToFloat16 } from '../tensor/float16.ts';
import { Literal, Members, referenceJson, type ReferenceJson } from './reference-json.ts';

/** A request in a form that can be compared: bytes in hexadecimal, maps as pairs. */
export interface PlainRequest {
  readonly id: string;
  readonly parameters: unknown;
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
}

const WIDTHS: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
};
const PLACES = [
  'binary_data_size',
  'shared_memory_region',
  'shared_memory_offset',
  'shared_memory_byte_size',
];

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Reads a request the slow and obvious way, to compare a codec or a server with. Throws for whatever must
 * be refused, without the protocol's words.
 */
export function referenceRequest(
  body: Uint8Array,
  headerLength: number | null,
  limits: { readonly maxElements: number; readonly maxDepth: number },
): PlainRequest {
  const end = headerLength ?? body.length;
  const root = fields(referenceJson(body.subarray(0, end), limits.maxDepth), [
    'id',
    'parameters',
    'inputs',
    'outputs',
  ]);
  const parameters = readParameters(root.get('parameters'));
  demand(!['number', 'string', 'bigint'].includes(typeof parameters.get('binary_data_output')));
  for (const name of parameters.keys()) demand(!name.startsWith('triton_'));
  const inputs = list(root.get('inputs'));
  const outputs = root.has('outputs') ? list(root.get('outputs')) : [];
  let position = end;
  const heads = inputs.map((input) => readHead(input, limits.maxElements));
  const plain = heads.map(({ data, size, region, name, datatype, shape, count, rest }) => {
    const width = WIDTHS[datatype]!;
    let content: unknown = data ?? region;
    if (content === null) {
      const available = body.length - position;
      let wanted = size;
      if (wanted === null) {
        demand(headerLength !== null);
        demand(width > 0 || heads.length === 1);
        wanted = width > 0 ? count * width : available;
        demand(available > 0 || wanted === 0);
      }
      demand(wanted <= available);
      content = readBlob(Buffer.from(body.subarray(position, position + wanted)), datatype, count);
      position += wanted;
    }
    return { name, datatype, shape, content, parameters: [...rest] };
  });
  demand(position === body.length);
  demand(new Set(heads.map(({ name }) => name)).size === heads.length);
  const asked = outputs.map((output) => {
    const found = fields(output, ['name', 'parameters']);
    const map = readParameters(found.get('parameters'));
    demand(map.get('binary_data') === undefined || typeof map.get('binary_data') === 'boolean');
    const classes = unsigned(map.get('classification'));
    if (map.has('shared_memory_region')) demand(classes === null && map.get('binary_data') !== true);
    return { name: string(found.get('name')), parameters: [...map] };
  });
  demand(new Set(asked.map(({ name }) => name)).size === asked.length);
  return {
    id: root.has('id') ? string(root.get('id')) : '',
    parameters: [...parameters],
    inputs: plain,
    outputs: asked,
  };
}

function readHead(
  value: ReferenceJson,
  maxElements: number,
): {
  name: string;
  datatype: string;
  shape: number[];
  count: number;
  data: unknown;
  size: number | null;
  region: unknown;
  rest: Map<string, unknown>;
} {
  const found = fields(value, ['name', 'datatype', 'shape', 'parameters', 'data']);
  const name = string(found.get('name'));
  const datatype = string(found.get('datatype'));
  demand(Object.hasOwn(WIDTHS, datatype));
  const sizes = list(found.get('shape')).map((size) => {
    demand(size instanceof Literal && /^-?[0-9]+$/.test(size.text));
    return BigInt(size.text);
  });
  demand(sizes.every((size) => size >= 0n && size <= 2n ** 64n));
  const exact = sizes.reduce((product, size) => product * size, 1n);
  demand(exact <= BigInt(maxElements));
  const count = Number(exact);
  const parameters = readParameters(found.get('parameters'));
  const size = unsigned(parameters.get('binary_data_size'));
  const hasRegion = parameters.has('shared_memory_region');
  const places = [found.has('data'), size !== null, hasRegion].filter(Boolean).length;
  demand(places <= 1);
  let region: unknown = null;
  if (hasRegion) {
    const byteSize = unsigned(parameters.get('shared_memory_byte_size'));
    demand(byteSize !== null);
    demand(datatype === 'BYTES' || byteSize === count * WIDTHS[datatype]!);
    const key = parameters.get('shared_memory_region');
    demand(typeof key === 'string');
    region = { region: key, offset: unsigned(parameters.get('shared_memory_offset')) ?? 0, byteSize };
  }
  const data = found.has('data') ? encode(leaves(list(found.get('data'))), datatype, count) : null;
  for (const place of PLACES) parameters.delete(place);
  return { name, datatype, shape: sizes.map(Number), count, data, size, region, rest: parameters };
}

function encode(elements: readonly ReferenceJson[], datatype: string, count: number): unknown {
  demand(elements.length === count);
  if (datatype === 'BYTES') return elements.map((element) => hex(new TextEncoder().encode(string(element))));
  const width = WIDTHS[datatype]!;
  const bytes = Buffer.alloc(count * width);
  elements.forEach((element, index) => {
    const at = index * width;
    if (datatype === 'BOOL') {
      const isOne = element === true || (element instanceof Literal && element.text === '1');
      demand(isOne || element === false || (element instanceof Literal && element.text === '0'));
      bytes[at] = isOne ? 1 : 0;
      return;
    }
    demand(element instanceof Literal);
    const value = Number(element.text.replace(/Inf$/, 'Infinity'));
    if (datatype === 'FP64') bytes.writeDoubleLE(value, at);
    else if (datatype === 'FP32') bytes.writeFloatLE(value, at);
    else if (datatype === 'FP16') bytes.writeUInt16LE(numberToFloat16(value), at);
    else if (datatype === 'BF16') bytes.writeUInt16LE(numberToBfloat16(value), at);
    else {
      demand(/^-?[0-9]+$/.test(element.text));
      const exact = BigInt(element.text);
      const bits = width * 8;
      demand(exact === (datatype.startsWith('U') ? BigInt.asUintN(bits, exact) : BigInt.asIntN(bits, exact)));
      for (let byte = 0; byte < width; byte += 1)
        bytes[at + byte] = Number((exact >> BigInt(8 * byte)) & 255n);
    }
  });
  return hex(bytes);
}

function readBlob(blob: Buffer, datatype: string, count: number): unknown {
  if (datatype !== 'BYTES') {
    demand(blob.length === count * WIDTHS[datatype]!);
    if (datatype === 'BOOL') demand(blob.every((byte) => byte < 2));
    return hex(blob);
  }
  const elements: string[] = [];
  for (let position = 0; position < blob.length;) {
    demand(position + 4 <= blob.length);
    const length = blob.readUInt32LE(position);
    demand(position + 4 + length <= blob.length);
    elements.push(hex(blob.subarray(position + 4, position + 4 + length)));
    position += 4 + length;
  }
  demand(elements.length === count);
  return elements;
}

function leaves(value: readonly ReferenceJson[]): ReferenceJson[] {
  return value.flatMap((item) => (Array.isArray(item) ? leaves(item) : [item]));
}

function fields(value: ReferenceJson | undefined, known: readonly string[]): Map<string, ReferenceJson> {
  demand(value instanceof Members);
  const found = new Map<string, ReferenceJson>();
  for (const [key, member] of value.pairs) {
    if (!known.includes(key)) continue;
    demand(!found.has(key));
    found.set(key, member);
  }
  return found;
}

function readParameters(value: ReferenceJson | undefined): Map<string, unknown> {
  const parameters = new Map<string, unknown>();
  if (value === undefined) return parameters;
  demand(value instanceof Members);
  for (const [key, member] of value.pairs) {
    demand(!parameters.has(key));
    if (member instanceof Literal) parameters.set(key, numberOf(member.text));
    else {
      demand(typeof member === 'string' || typeof member === 'boolean');
      parameters.set(key, member);
    }
  }
  return parameters;
}

function numberOf(text: string): number | bigint {
  const value = Number(text.replace(/Inf$/, 'Infinity'));
  if (!/^-?[0-9]+$/.test(text) || Number.isSafeInteger(value)) return value;
  const exact = BigInt(text);
  return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : value;
}

function unsigned(value: unknown): number | null {
  if (value === undefined) return null;
  demand(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
  return value;
}

function string(value: ReferenceJson | undefined): string {
  demand(typeof value === 'string');
  return value;
}

function list(value: ReferenceJson | undefined): ReferenceJson[] {
  demand(Array.isArray(value));
  return value;
}

function demand(condition: boolean): asserts condition {
  if (!condition) throw new Error('refused');
}
