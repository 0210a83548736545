import { join } from 'node:path';
import {
  byteLength,
  elementCount,
  errorText,
  makeTensor,
  tensorFromBytes,
  type DType,
  type Tensor,
} from '@switchyard/core';
import { generateFeeds } from '@switchyard/runtime';
import type { WarmupRun } from '../../execution/model-executor.ts';
import { dtypeOf } from '../config/data-types.ts';
import {
  ConfigProblem,
  type CompleteConfig,
  type CompleteTensor,
  type WarmupConfig,
  type WarmupInputConfig,
} from '../config/model-config.ts';
import type { FoundModel } from './found-model.ts';
import { readCompanion } from './read-config.ts';

/** Where Triton looks for `input_data_file`. */
const FOLDER = 'warmup';
const LARGEST = 2 ** 31;

/** Warm-up runs, and the bytes of the files that they are from by their name. */
export interface ReadWarmup {
  readonly runs: readonly WarmupRun[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Makes the feeds of `model_warmup`. @throws ConfigProblem for inputs that do not fit the model */
export async function readWarmup(found: FoundModel, config: CompleteConfig): Promise<ReadWarmup> {
  const files = new Map<string, Uint8Array>();
  const runs: WarmupRun[] = [];
  for (const [index, warmup] of (config.model_warmup ?? []).entries()) {
    const path = `model_warmup[${index}]`;
    const { name = '', count = 0 } = warmup;
    try {
      const feeds = await feedsOf(found, config, warmup, files);
      runs.push({ name: name || path, count: Math.max(count, 1), feeds });
    } catch (error) {
      throw new ConfigProblem(`\`${path}\` cannot be used: ${errorText(error)}`);
    }
  }
  return { runs, files };
}

async function feedsOf(
  found: FoundModel,
  config: CompleteConfig,
  warmup: WarmupConfig,
  files: Map<string, Uint8Array>,
): Promise<Record<string, Tensor>> {
  const given = warmup.inputs ?? {};
  const names = config.input.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigProblem(`the model has no input '${unknown}'; it has ${names.join(', ')}`);
  }
  const rows = Math.max(warmup.batch_size ?? 0, 1);
  if (rows > Math.max(config.max_batch_size, 1)) {
    throw new ConfigProblem(`\`batch_size\` is ${rows}, but \`max_batch_size\` is ${config.max_batch_size}`);
  }
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const input of config.input) {
    const own = Object.hasOwn(given, input.name) ? given[input.name]! : null;
    if (own === null) throw new ConfigProblem(`it says nothing for the input '${input.name}'`);
    feeds[input.name] = await feedOf(found, config, input, own, rows, files);
  }
  return feeds;
}

async function feedOf(
  found: FoundModel,
  config: CompleteConfig,
  input: CompleteTensor,
  own: WarmupInputConfig,
  rows: number,
  files: Map<string, Uint8Array>,
): Promise<Tensor> {
  if (own.data_type !== undefined && own.data_type !== input.data_type) {
    throw new ConfigProblem(`'${input.name}' is ${own.data_type}, but the model has ${input.data_type}`);
  }
  const dims = own.dims ?? input.dims;
  const fits =
    dims.length === input.dims.length &&
    dims.every((size, axis) => size >= 0 && (input.dims[axis] === -1 || input.dims[axis] === size));
  if (!fits) {
    throw new ConfigProblem(
      `'${input.name}' has dims [${dims.join(',')}], but the model has [${input.dims.join(',')}]`,
    );
  }
  const shape = config.max_batch_size > 0 ? [rows, ...dims] : dims;
  const dtype = dtypeOf(input.data_type)!;
  const width = dtype === 'string' ? elementCount(shape) : byteLength(dtype, shape);
  if (width > LARGEST) throw new ConfigProblem(`'${input.name}' would take ${width} bytes`);
  if (own.input_data_file !== undefined) {
    const name = `${FOLDER}/${own.input_data_file}`;
    if (found.folder === null) throw new ConfigProblem('a plain file has no folder for it');
    const bytes = await readCompanion(found, found.folder, name);
    files.set(join(FOLDER, own.input_data_file), bytes);
    return fromFile(input.name, name, dtype, shape, bytes);
  }
  if (own.random_data === true) return random(input.name, dtype, shape);
  if (own.zero_data === true) return zero(dtype, shape);
  throw new ConfigProblem(`'${input.name}' needs one of zero_data, random_data and input_data_file`);
}

function zero(dtype: DType, shape: readonly number[]): Tensor {
  if (dtype === 'string')
    return { dtype, shape, strings: Array.from({ length: elementCount(shape) }, () => '') };
  return tensorFromBytes(dtype, shape, new Uint8Array(byteLength(dtype, shape)));
}

function random(name: string, dtype: DType, shape: readonly number[]): Tensor {
  const made = generateFeeds({ inputs: [{ name, dtype, shape }], maximumBytes: LARGEST });
  if (!made.ok) throw new ConfigProblem(made.why);
  return made.feeds[name]!;
}

function fromFile(
  name: string,
  file: string,
  dtype: DType,
  shape: readonly number[],
  bytes: Uint8Array,
): Tensor {
  if (dtype === 'string') return makeTensor(dtype, shape, stringsOf(file, bytes));
  const expected = byteLength(dtype, shape);
  if (bytes.byteLength !== expected) {
    throw new ConfigProblem(`'${file}' has ${bytes.byteLength} bytes, but '${name}' takes ${expected}`);
  }
  return tensorFromBytes(dtype, shape, bytes);
}

/** Elements of BYTES: a length of four bytes, little-endian, in front of each. */
function stringsOf(file: string, bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const strings: string[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const length = at + 4 <= bytes.byteLength ? view.getUint32(at, true) : -1;
    if (length < 0 || at + 4 + length > bytes.byteLength) {
      throw new ConfigProblem(`'${file}' ends inside the string ${strings.length}`);
    }
    strings.push(decoder.decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return strings;
}
