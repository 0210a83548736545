import type { FixtureModel } from '../../__fixtures__/models.ts';
import { FUZZ_MODELS, referenceAnswer, sameTensors, type Expected, type PlainTensor } from './fuzz-reference.ts';
import { tells } from './fuzz-rest.ts';
import { blobOf, fittingInputs, WIDTHS, type FuzzInput } from './fuzz-values.ts';
import { decodeAnswer, decodeCall, encodeCall, type GrpcReply } from './grpc-wire.ts';
import type { Random } from './random.ts';

/** A message of `ModelInfer`, with what has to come back. */
export interface GrpcCase {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Computed when it was answered, because reading it twice is only needed then. */
  readonly expected: () => Expected;
}

type Message = {
  model_name: string;
  inputs: Record<string, unknown>[];
  outputs: Record<string, unknown>[];
  raw_input_contents: Buffer[];
  [key: string]: unknown;
};

const FIELDS: Readonly<Record<string, string>> = {
  BOOL: 'bool_contents', INT8: 'int_contents', INT16: 'int_contents', INT32: 'int_contents', INT64: 'int64_contents',
  UINT8: 'uint_contents', UINT16: 'uint_contents', UINT32: 'uint_contents', UINT64: 'uint64_contents',
  FP32: 'fp32_contents', FP64: 'fp64_contents', BYTES: 'bytes_contents',
};

/** Status codes that a message may be refused with: INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED, UNIMPLEMENTED. */
const REFUSALS = [3, 5, 8, 12];

export function grpcCase(random: Random): GrpcCase {
  const model = random.pick(FUZZ_MODELS);
  const message = messageOf(random, model, fittingInputs(random, model));
  const kind = random.below(10);
  if (kind < 5) return { kind: 'fitting message', bytes: encodeCall('ModelInfer', message), expected: () => referenceOf(encodeCall('ModelInfer', message)) };
  if (kind < 7) {
    mutateMessage(random, message);
    const bytes = encodeCall('ModelInfer', message);
    return { kind: 'changed message', bytes, expected: () => referenceOf(bytes) };
  }
  const bytes = mutateBytes(random, encodeCall('ModelInfer', message));
  return { kind: 'changed bytes', bytes, expected: () => looseReference(bytes) };
}

function messageOf(random: Random, model: FixtureModel, inputs: readonly FuzzInput[]): Message {
  const isRaw = random.chance(0.6) || inputs.some(({ datatype }) => datatype === 'FP16');
  const outputs = random.shuffled(model.outputs).slice(0, random.below(model.outputs.length + 1));
  return {
    model_name: model.name,
    model_version: random.pick(['', '1']),
    id: random.pick(['', '7', 'é🎉']),
    parameters: random.chance(0.2) ? { other: { string_param: 'x' }, another: { double_param: 1.5 } } : {},
    inputs: inputs.map((input) => ({
      name: input.name,
      datatype: input.datatype,
      shape: [...input.shape],
      ...(isRaw ? {} : { contents: { [FIELDS[input.datatype]!]: contentsOf(input) } }),
    })),
    outputs: outputs.map(({ name }) => ({ name })),
    raw_input_contents: isRaw ? inputs.map(blobOf) : [],
  };
}

function contentsOf({ datatype, values }: FuzzInput): readonly unknown[] {
  if (datatype === 'BYTES') return values.map((text) => Buffer.from(text));
  if (datatype === 'BOOL') return values.map((text) => text === 'true' || text === '1');
  return datatype.endsWith('64') && !datatype.startsWith('F') ? values : values.map(Number);
}

function mutateMessage(random: Random, message: Message): void {
  const input = random.pick(message.inputs);
  switch (random.below(9)) {
    case 0: {
      input['datatype'] = random.pick(['FP32', 'INT8', 'BYTES', '', 'STRING', 'BF16']);
      break;
    }
    case 1: {
      input['shape'] = random.pick([[], [-1, 16], [0, 16], ['9223372036854775807', 2], [1], [1, 1, 1], ['1152921504606846976']]);
      break;
    }
    case 2: {
      input['name'] = random.pick(['', 'Z', '__proto__', 'INPUT1', 'x\0']);
      break;
    }
    case 3: {
      message.raw_input_contents.push(random.bytes(random.below(8)));
      break;
    }
    case 4: {
      message.raw_input_contents.pop();
      break;
    }
    case 5: {
      input['contents'] = { [random.pick(Object.values(FIELDS))]: [] };
      break;
    }
    case 6: {
      input['contents'] = { int_contents: [random.pick([1, 300, -129, 70_000])] };
      break;
    }
    case 7: {
      message.outputs.push({ name: random.pick(['OUTPUT0', 'y', 'Z', '']) });
      break;
    }
    default: {
      message.inputs.push({ ...input });
    }
  }
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  let changed = Buffer.from(bytes);
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(changed.length + 1);
    switch (random.below(4)) {
      case 0: {
        if (at < changed.length) changed[at] = random.pick([0, 255, 128, random.below(256)]);
        break;
      }
      case 1: {
        changed = changed.subarray(0, at);
        break;
      }
      case 2: {
        changed = Buffer.concat([changed.subarray(0, at), random.bytes(1 + random.below(5)), changed.subarray(at)]);
        break;
      }
      default: {
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + random.below(5))]);
      }
    }
  }
  return changed;
}

/**
 * What changed bytes mean, where protobufjs can tell: it takes a known field of another wire type for the
 * field itself or for an error, where protobuf says that it is unknown.
 */
function looseReference(bytes: Buffer): Expected {
  try {
    return hasOddFields(bytes, 0) ? 'open' : referenceOf(bytes);
  } catch (error) {
    if (error instanceof Error) return 'open';
    throw error;
  }
}

/** Whether a field of a request, or of a tensor in it, has another wire type than its number wants. */
function hasOddFields(bytes: Buffer, depth: number): boolean {
  let at = 0;
  const varint = (): number => {
    for (let value = 0, shift = 0; shift < 70; shift += 7) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number without end');
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, type] = [Math.floor(tag / 8), tag & 7];
    const isSize = depth === 1 && field === 3 && type === 0;
    // Of numbers of 32 bits that are longer than five bytes, protobufjs takes the next numbers for a part.
    if ((type !== 2 && !isSize) || (depth === 1 && field === 5)) return true;
    const length = varint();
    if (isSize) continue;
    if (depth === 0 && (field === 5 || field === 6) && hasOddFields(bytes.subarray(at, at + length), 1)) return true;
    at += length;
  }
  return false;
}

function referenceOf(bytes: Buffer): Expected {
  const message = decodeCall('ModelInfer', bytes) as {
    readonly model_name: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly inputs: readonly {
      readonly name: string;
      readonly datatype: string;
      readonly shape: readonly string[];
      readonly parameters: Readonly<Record<string, unknown>>;
      readonly contents: Readonly<Record<string, readonly unknown[]>> | null;
    }[];
    readonly outputs: readonly { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> }[];
    readonly raw_input_contents: readonly Buffer[];
  };
  const raw = [...message.raw_input_contents];
  const hasRaw = raw.length > 0;
  const inputs: object[] = [];
  for (const { name, datatype, shape, contents, parameters } of message.inputs) {
    const count = shape.reduce((product, size) => product * BigInt(size), 1n);
    if (shape.some((size) => BigInt(size) < 0n) || count > 16_777_216n) return 'refused';
    const filled = Object.entries(contents ?? {}).filter(([, values]) => Array.isArray(values) && values.length > 0);
    let content: unknown;
    if (hasRaw) {
      if (filled.length > 0) return 'refused';
      if (contents !== null && contents !== undefined) return 'open';
      const blob = raw.shift();
      if (blob === undefined) return 'refused';
      content = readBlob(blob, datatype, Number(count));
    } else {
      if (contents === null || contents === undefined) return count === 0n ? 'open' : 'refused';
      content = readContents(filled, datatype, Number(count));
    }
    if (content === null) return 'refused';
    inputs.push({ name, datatype, shape: shape.map(Number), content, parameters: Object.entries(parameters) });
  }
  if (raw.length > 0) return 'refused';
  const asked = message.outputs.map(({ name, parameters }) => ({ name, parameters: Object.entries(parameters) }));
  if (new Set(asked.map(({ name }) => name)).size !== asked.length) return 'refused';
  const parameters = Object.entries(message.parameters);
  return referenceAnswer(message.model_name, { id: '', parameters, inputs, outputs: asked });
}

function readBlob(blob: Buffer, datatype: string, count: number): unknown {
  if (datatype !== 'BYTES') {
    if (blob.length !== count * (WIDTHS[datatype] ?? Number.NaN)) return null;
    return datatype === 'BOOL' && blob.some((byte) => byte > 1) ? null : blob.toString('hex');
  }
  const elements: string[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return null;
    const length = blob.readUInt32LE(at);
    if (at + 4 + length > blob.length) return null;
    elements.push(blob.toString('hex', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return elements.length === count ? elements : null;
}

function readContents(
  filled: readonly (readonly [string, readonly unknown[]])[],
  datatype: string,
  count: number,
): unknown {
  const field = FIELDS[datatype];
  if (field === undefined) return null;
  if (filled.some(([name]) => name !== field)) return null;
  const values = filled[0]?.[1] ?? [];
  if (values.length !== count) return null;
  if (datatype === 'BYTES') return values.map((value) => (value as Buffer).toString('hex'));
  const texts = values.map((value) => (Object.is(value, -0) ? '-0' : String(value)));
  if (!datatype.startsWith('F') && datatype !== 'BOOL') {
    const bits = WIDTHS[datatype]! * 8;
    const fits = texts.every((text) => {
      const value = BigInt(text);
      return value === (datatype.startsWith('U') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value));
    });
    if (!fits) return null;
  }
  return blobOf({ name: '', datatype, shape: [], values: texts }).toString('hex');
}

/** `null` when a reply is what was expected, otherwise what is wrong with it. */
export function problemOfGrpc(reply: GrpcReply, { kind, expected }: GrpcCase): string | null {
  if (reply.code !== 0) {
    if (!REFUSALS.includes(reply.code)) return `${reply.code} ${reply.text}`;
    if (reply.text === '' || tells(reply.text)) return `${reply.code} with the text '${reply.text}'`;
    // Of changed bytes it is only known what they mean when protobufjs is as strict as the server.
    if (kind === 'changed bytes') return null;
    return typeof expected() === 'object' ? `${reply.code} ${reply.text} for a message that is right` : null;
  }
  const wanted = expected();
  if (wanted === 'open') return null;
  if (wanted === 'refused') return 'an answer to a message that is wrong';
  const answer = decodeAnswer('ModelInfer', reply.bytes!) as {
    readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly string[] }[];
    readonly raw_output_contents: readonly Buffer[];
  };
  const found: PlainTensor[] = answer.outputs.map(({ name, datatype, shape }, index) => ({
    name,
    datatype,
    shape: shape.map(Number),
    content: readBlob(answer.raw_output_contents[index]!, datatype, shape.reduce((product, size) => product * Number(size), 1)),
  }));
  return sameTensors(found, wanted) ? null : `${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`;
}
