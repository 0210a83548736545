import type { DType } from '@switchyard/core';
import type { PlainRequest } from '@switchyard/open-inference/testing';
import { identityOf, protocolModels, type FixtureModel } from '../../__fixtures__/models.ts';

/** A tensor that can be compared: elements of BYTES, or the bytes of everything else, in hexadecimal. */
export interface PlainTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly content: unknown;
}

/** What must come back: these outputs, a refusal, or anything that is documented. */
export type Expected = readonly PlainTensor[] | 'refused' | 'open';

const DATATYPES: Partial<Record<DType, string>> = {
  float32: 'FP32',
  float64: 'FP64',
  float16: 'FP16',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'BYTES',
};

const IDENTITIES: readonly DType[] = ['float32', 'float64', 'float16', 'int16', 'int64', 'uint8', 'uint32', 'uint64', 'bool', 'string'];

/** Models whose answers can be computed here: sums, differences and copies. */
export const FUZZ_MODELS: readonly FixtureModel[] = [
  ...protocolModels().filter(({ name }) => name !== 'simple_string'),
  ...IDENTITIES.map(identityOf),
];

/** What engines count dimensions with. */
const LARGEST_DIMENSION = 2 ** 31 - 1;
/** Parameters with a meaning that is none of the tensors. */
const RESERVED = /^(?:sequence_|priority$|timeout$|classification$|shared_memory_|headers$)/;

export function datatypeOf(dtype: DType): string {
  return DATATYPES[dtype]!;
}

/** What a model answers to a request that was read by the reference. */
export function referenceAnswer(modelName: string, request: PlainRequest): Expected {
  const model = FUZZ_MODELS.find(({ name }) => name === modelName);
  if (model === undefined) return 'open';
  const inputs = request.inputs as readonly (PlainTensor & { readonly parameters: readonly (readonly [string, unknown])[] })[];
  const asked = request.outputs as readonly { readonly name: string; readonly parameters: readonly (readonly [string, unknown])[] }[];
  const names = [
    ...(request.parameters as readonly (readonly [string, unknown])[]),
    ...inputs.flatMap(({ parameters }) => parameters),
    ...asked.flatMap(({ parameters }) => parameters),
  ].map(([name]) => name);
  if (inputs.length !== model.inputs.length) return 'refused';
  const feeds = new Map(inputs.map((input) => [input.name, input]));
  if (feeds.size !== inputs.length) return 'refused';
  const batched = model.maxBatchSize > 0;
  let rows: number | null = null;
  let isOpen = names.some((name) => RESERVED.test(name));
  for (const { name, dtype, dims } of model.inputs) {
    const input = feeds.get(name);
    if (input === undefined || input.datatype !== datatypeOf(dtype)) return 'refused';
    const wanted = batched ? [-1, ...dims] : dims;
    if (input.shape.length !== wanted.length) return 'refused';
    if (wanted.some((size, axis) => size !== -1 && size !== input.shape[axis])) return 'refused';
    if (input.shape.some((size) => size > LARGEST_DIMENSION)) return 'refused';
    if (batched) {
      const [batch = 0] = input.shape;
      if (batch > model.maxBatchSize || (rows !== null && rows !== batch)) return 'refused';
      rows = batch;
      if (batch === 0) isOpen = true;
    }
    if (typeof input.content === 'object' && !Array.isArray(input.content)) return 'refused';
    if (dtype === 'string' && !(input.content as readonly string[]).every(isText)) return 'refused';
  }
  const outputs = new Map(computed(model, feeds).map((output) => [output.name, output]));
  const wanted = asked.length === 0 ? [...outputs.keys()] : asked.map(({ name }) => name);
  const answer = wanted.map((name) => outputs.get(name));
  if (answer.includes(undefined)) return 'refused';
  return isOpen ? 'open' : (answer as readonly PlainTensor[]);
}

function computed(model: FixtureModel, feeds: ReadonlyMap<string, PlainTensor>): readonly PlainTensor[] {
  const first = feeds.get(model.inputs[0]!.name)!;
  if (model.inputs.length === 1) return [{ ...pick(first), name: model.outputs[0]!.name }];
  const width = model.inputs[0]!.dtype === 'int8' ? 1 : 4;
  const [left, right] = model.inputs.map(({ name }) => integers(feeds.get(name)!.content as string, width));
  return model.outputs.map(({ name }, index) => {
    const sign = index === 0 ? 1 : -1;
    const bytes = Buffer.alloc(left!.length * width);
    left!.forEach((value, at) => {
      const result = value + sign * right![at]!;
      if (width === 1) bytes.writeInt8((result << 24) >> 24, at);
      else bytes.writeInt32LE(result | 0, at * 4);
    });
    return { ...pick(first), name, content: bytes.toString('hex') };
  });
}

function pick({ name, datatype, shape, content }: PlainTensor): PlainTensor {
  return { name, datatype, shape, content };
}

function integers(hex: string, width: number): readonly number[] {
  const bytes = Buffer.from(hex, 'hex');
  return Array.from({ length: bytes.length / width }, (_, index) =>
    width === 1 ? bytes.readInt8(index) : bytes.readInt32LE(index * 4),
  );
}

/** What strings of the engine can carry: UTF-8 without NUL. */
function isText(hex: string): boolean {
  const bytes = Buffer.from(hex, 'hex');
  return !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes);
}

/** Whether two tensors are the same; NaN is NaN, because JSON has only one. */
export function sameTensors(found: readonly PlainTensor[], wanted: readonly PlainTensor[]): boolean {
  return JSON.stringify(found.map(tidy)) === JSON.stringify(wanted.map(tidy));
}

function tidy(tensor: PlainTensor): PlainTensor {
  const { datatype, content } = tensor;
  if (typeof content !== 'string' || !datatype.startsWith('FP')) return pick(tensor);
  const bytes = Buffer.from(content, 'hex');
  const width = Number(datatype.slice(2)) / 8;
  for (let at = 0; at + width <= bytes.length; at += width) {
    if (width === 8 && Number.isNaN(bytes.readDoubleLE(at))) bytes.writeDoubleLE(Number.NaN, at);
    if (width === 4 && Number.isNaN(bytes.readFloatLE(at))) bytes.writeFloatLE(Number.NaN, at);
    if (width === 2 && (bytes.readUInt16LE(at) & 0x7fff) > 0x7c00) bytes.writeUInt16LE(0x7e00, at);
  }
  return { ...pick(tensor), content: bytes.toString('hex') };
}
