import { decodeAnswer, encodeCall, type GrpcReply } from './grpc-wire.ts';
import { post, type Reply } from './wire.ts';

const WIDTH = 16;
const LARGEST_TAG = 0x3fff_0000;

/** What a request asks, and how its answer shows that it is its own: `simple` adds and subtracts the tag. */
function operands(tag: number): { readonly left: Int32Array; readonly right: Int32Array } {
  const left = new Int32Array(WIDTH);
  const right = new Int32Array(WIDTH);
  for (let index = 0; index < WIDTH; index += 1) {
    left[index] = (tag % LARGEST_TAG) + index;
    right[index] = index * 3 + (tag % 7);
  }
  return { left, right };
}

const bytesOf = (values: Int32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** The three ways in which a tagged request is asked. */
export type Form = 'json' | 'binary' | 'grpc';

/** How a request over REST is named in the log. */
export function requestIdOf(tag: number): string {
  return `tagged-${tag}`;
}

/** A request of `simple` over REST. */
export function taggedRequest(tag: number, form: 'json' | 'binary', model = 'simple'): Buffer {
  const { left, right } = operands(tag);
  const path = `/v2/models/${model}/infer`;
  const input = (name: string, more: string): string =>
    `{"name":"${name}","datatype":"INT32","shape":[1,${WIDTH}],${more}}`;
  const id = `X-Request-Id: ${requestIdOf(tag)}`;
  if (form === 'json') {
    return post(
      path,
      `{"id":"${tag}","inputs":[${input('INPUT0', `"data":[${left.join(',')}]`)},${input('INPUT1', `"data":[${right.join(',')}]`)}]}`,
      [id],
    );
  }
  const size = `"parameters":{"binary_data_size":${WIDTH * 4}}`;
  const head = Buffer.from(
    `{"id":"${tag}","parameters":{"binary_data_output":true},"inputs":[${input('INPUT0', size)},${input('INPUT1', size)}]}`,
  );
  return post(path, Buffer.concat([head, bytesOf(left), bytesOf(right)]), [
    `Inference-Header-Content-Length: ${head.length}`,
    id,
  ]);
}

/** The same as a message of `ModelInfer`. */
export function taggedMessage(tag: number, model = 'simple'): Buffer {
  const { left, right } = operands(tag);
  const input = (name: string): object => ({ name, datatype: 'INT32', shape: [1, WIDTH] });
  return encodeCall('ModelInfer', {
    model_name: model,
    id: String(tag),
    inputs: [input('INPUT0'), input('INPUT1')],
    raw_input_contents: [bytesOf(left), bytesOf(right)],
  });
}

/**
 * What an answer with status 200 adds to the sum that the tag asked for: 0 for `simple`, its number for a
 * model of {@link generationModel}. Text says what is wrong with the answer.
 */
export function readReply(reply: Reply, tag: number): number | string {
  const length = reply.headers.get('inference-header-content-length');
  const head = length === undefined ? reply.body : reply.body.subarray(0, Number(length));
  const document = JSON.parse(head.toString()) as {
    readonly id?: string;
    readonly outputs: readonly { readonly name: string; readonly data?: readonly number[] }[];
  };
  if (document.id !== String(tag)) return `id ${document.id} in the answer to ${tag}`;
  const rest = reply.body.subarray(head.length);
  const found = document.outputs.map(({ data }, index) =>
    data === undefined ? intsOf(rest.subarray(index * WIDTH * 4, (index + 1) * WIDTH * 4)) : [...data],
  );
  return read(found, tag);
}

/** The same for gRPC. */
export function readMessage({ bytes }: GrpcReply, tag: number): number | string {
  const answer = decodeAnswer('ModelInfer', bytes ?? Buffer.alloc(0)) as {
    readonly id: string;
    readonly raw_output_contents: readonly Buffer[];
  };
  if (answer.id !== String(tag)) return `id ${answer.id} in the answer to ${tag}`;
  return read(answer.raw_output_contents.map(intsOf), tag);
}

function intsOf(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(index * 4));
}

function read(found: readonly (readonly number[])[], tag: number): number | string {
  const { left, right } = operands(tag);
  const added = (found[0]?.[0] ?? Number.NaN) - left[0]! - right[0]!;
  const wanted = [
    [...left].map((value, at) => value + right[at]! + added),
    [...left].map((value, at) => value - right[at]!),
  ];
  if (JSON.stringify(found) === JSON.stringify(wanted)) return added;
  return `${JSON.stringify(found)} in place of ${JSON.stringify(wanted)} for ${tag}`;
}
