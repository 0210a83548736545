import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesPerElement, DATATYPES, type Datatype } from '../datatype.ts';
import type { InferRequest, InferResponse, ParameterValue, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  decodeModelInferRequest,
  decodeModelInferResponse,
  decodeModelStreamInferResponse,
  encodeModelInferRequest,
  encodeModelInferResponse,
  encodeModelStreamInferResponse,
  inferencePackageDefinition,
} from './index.ts';

const limits = { maxElements: 1_000_000, maxDepth: 20 };

/** protobufjs, by way of proto-loader: another implementation of the same messages. */
const reference = inferencePackageDefinition()['inference.GRPCInferenceService'] as unknown as Record<
  'ModelInfer' | 'ModelStreamInfer',
  MethodDefinition<object, object>
>;

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const key = text.filter((name) => name !== '__proto__');
const value: fc.Arbitrary<ParameterValue> = fc.oneof(
  fc.boolean(),
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
);
const parameters = fc
  .array(fc.tuple(key, value), { maxLength: 3 })
  .map((entries): ReadonlyMap<string, ParameterValue> => new Map(entries));

function tensor(withRegions: boolean): fc.Arbitrary<WireTensor> {
  return fc
    .record({
      name: text,
      datatype: fc.constantFrom(...DATATYPES),
      shape: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
      parameters,
      inRegion: withRegions ? fc.boolean() : fc.constant(false),
      seed: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    })
    .map(({ inRegion, seed, ...tensor }) => {
      const count = tensor.shape.reduce((total, size) => total * size, 1);
      const width = bytesPerElement(tensor.datatype);
      if (inRegion) {
        const byteSize = count * (width ?? 9);
        return { ...tensor, content: { kind: 'region', region: 'shm', offset: seed[0]!, byteSize } };
      }
      if (width === null) {
        const elements = Array.from({ length: count }, (_, index) => seed.slice(index % 8));
        return { ...tensor, content: { kind: 'elements', elements } };
      }
      const limit = tensor.datatype === 'BOOL' ? 2 : 256;
      // protobufjs has 64-bit integers as numbers, so those it meets have 48 bits.
      const long = tensor.datatype === 'INT64' || tensor.datatype === 'UINT64';
      const bytes = Uint8Array.from({ length: count * width }, (_, index) =>
        long && index % 8 > 5 ? 0 : (seed[index % 8]! + index) % limit,
      );
      return { ...tensor, content: { kind: 'bytes', bytes } };
    });
}

const request: fc.Arbitrary<InferRequest> = fc.record({
  id: text,
  parameters,
  inputs: fc.array(tensor(true), { maxLength: 3 }),
  outputs: fc.array(fc.record({ name: text, parameters }), { maxLength: 2 }),
});
const response: fc.Arbitrary<InferResponse> = fc.record({
  modelName: text,
  modelVersion: text,
  id: text,
  parameters,
  outputs: fc.array(tensor(true), { maxLength: 3 }),
});

/** As a number of JavaScript, which protobufjs writes, such a NaN is a quiet one: its bytes are others. */
function hasSignallingNan({ datatype, content }: WireTensor): boolean {
  if (datatype !== 'FP32' || content.kind !== 'bytes') return false;
  const { buffer, byteOffset, byteLength } = content.bytes;
  const view = new DataView(buffer, byteOffset, byteLength);
  for (let at = 0; at + 4 <= byteLength; at += 4) {
    const bits = view.getUint32(at, true);
    const isNan = (bits & 0x7f800000) === 0x7f800000 && (bits & 0x007fffff) !== 0;
    if (isNan && (bits & 0x00400000) === 0) return true;
  }
  return false;
}

const EXPLICIT: Readonly<Partial<Record<Datatype, string>>> = {
  BOOL: 'bool_contents',
  INT8: 'int_contents',
  INT16: 'int_contents',
  INT32: 'int_contents',
  INT64: 'int64_contents',
  UINT8: 'uint_contents',
  UINT16: 'uint_contents',
  UINT32: 'uint_contents',
  UINT64: 'uint64_contents',
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  BYTES: 'bytes_contents',
};

function message(fields: object): Buffer {
  return reference.ModelInfer.requestSerialize({ model_name: 'm', ...fields });
}

function input(datatype: string, shape: readonly number[], contents?: object): object {
  return { name: 'X', datatype, shape, ...(contents === undefined ? {} : { contents }) };
}

function refusal(bytes: Uint8Array): { readonly problem: string; readonly message: string } {
  try {
    decodeModelInferRequest(bytes, limits);
  } catch (error) {
    if (ProtocolError.isInstance(error)) return { problem: error.problem, message: error.message };
    throw error;
  }
  throw new Error('was accepted');
}

describe('a request', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(text, text, request, (modelName, modelVersion, request) => {
        const encoded = encodeModelInferRequest({ modelName, modelVersion, request });
        expect(decodeModelInferRequest(encoded, limits)).toEqual({ modelName, modelVersion, request });
      }),
    );
  });

  it('means the same to protobufjs, and what protobufjs writes of it means the same here', () => {
    fc.assert(
      fc.property(request, (request) => {
        const encoded = encodeModelInferRequest({ modelName: 'm', modelVersion: '1', request });
        const known = reference.ModelInfer.requestDeserialize(encoded) as {
          readonly inputs: readonly object[];
          readonly raw_input_contents: readonly Uint8Array[];
        };
        expect(known).toMatchObject({ model_name: 'm', model_version: '1', id: request.id });
        expect(known.inputs).toMatchObject(
          request.inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
        );
        expect(known.raw_input_contents.length).toBe(
          request.inputs.filter(({ content }) => content.kind !== 'region').length,
        );
        // Parameters beyond 2^53 are what proto-loader's numbers lose, so they are left out of the way back.
        const exact = (parameters: ReadonlyMap<string, ParameterValue>): boolean =>
          [...parameters.values()].every((value) => typeof value !== 'bigint');
        fc.pre([request, ...request.inputs, ...request.outputs].every(({ parameters }) => exact(parameters)));
        const again = reference.ModelInfer.requestSerialize(known);
        expect(decodeModelInferRequest(again, limits).request).toEqual(request);
      }),
    );
  });

  it('takes explicit contents of every datatype as protobufjs writes them', () => {
    fc.assert(
      fc.property(tensor(false), (tensor) => {
        const field = EXPLICIT[tensor.datatype];
        fc.pre(field !== undefined && !hasSignallingNan(tensor));
        const { name, datatype, shape, content } = tensor;
        const bytes = message({ inputs: [{ name, datatype, shape, contents: { [field]: listOf(tensor) } }] });
        const [decoded] = decodeModelInferRequest(bytes, limits).request.inputs;
        expect(decoded).toEqual({ name, datatype, shape, content, parameters: new Map() });
      }),
    );
  });

  it('has explicit integers of 64 bits exactly', () => {
    const signed = [-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n];
    const unsigned = [0n, 2n ** 53n + 1n, 2n ** 64n - 1n];
    const read = (datatype: string, number: number, values: BinaryWriter, count: number): Uint8Array => {
      const contents = [...field(number, [...values.finish()])];
      const tensor = [...field(2, ascii(datatype)), ...field(3, [count]), ...field(5, contents)];
      const { content } = decodeModelInferRequest(Uint8Array.from(field(5, tensor)), limits).request
        .inputs[0]!;
      return content.kind === 'bytes' ? content.bytes : new Uint8Array(0);
    };
    const writer = new BinaryWriter();
    for (const integer of signed) writer.int64(integer);
    const int64 = read('INT64', 3, writer, signed.length);
    expect([...new BigInt64Array(int64.slice().buffer)]).toEqual(signed);
    for (const integer of unsigned) writer.uint64(integer);
    const uint64 = read('UINT64', 5, writer, unsigned.length);
    expect([...new BigUint64Array(uint64.slice().buffer)]).toEqual(unsigned);
  });

  it('takes lists that are not packed, in several pieces, and in several contents', () => {
    const unpacked = [...tag(2, 0), 5, ...tag(2, 0), 6];
    const packed = [...tag(2, 2), 2, 7, 8];
    const singles = [...tag(6, 5), 0, 0, 128, 63, ...tag(6, 2), 4, 0, 0, 0, 64];
    const tensor = (datatype: string, count: number, ...contents: readonly number[][]): Uint8Array =>
      Uint8Array.from(
        field(5, [
          ...field(2, ascii(datatype)),
          ...field(3, [count]),
          ...contents.flatMap((content) => field(5, content)),
        ]),
      );
    const content = (bytes: Uint8Array): unknown =>
      decodeModelInferRequest(bytes, limits).request.inputs[0]!.content;
    expect(content(tensor('INT8', 4, unpacked, packed))).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.of(5, 6, 7, 8),
    });
    expect(content(tensor('FP32', 2, singles))).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64),
    });
    expect(refusal(tensor('INT8', 4, [...tag(2, 2), 3, 7, 8, 0x80])).message).toContain(
      'a list of integers ends within one',
    );
    expect(refusal(tensor('FP32', 1, [...tag(6, 2), 3, 0, 0, 0])).message).toContain('ends within one');
  });

  it('keeps raw contents and floating-point contents where they came', () => {
    const floats = new Uint8Array(4096).fill(7);
    const raw = message({ inputs: [input('FP32', [1024])], raw_input_contents: [floats] });
    const explicit = message({ inputs: [input('FP32', [2], { fp32_contents: [1, 2] })] });
    for (const bytes of [raw, explicit]) {
      const { content } = decodeModelInferRequest(bytes, limits).request.inputs[0]!;
      expect(content.kind === 'bytes' && content.bytes.buffer).toBe(bytes.buffer);
    }
  });

  it('gives raw entries to the inputs that are not in shared memory', () => {
    const region = {
      shared_memory_region: { string_param: 's' },
      shared_memory_byte_size: { int64_param: 4 },
    };
    const bytes = message({
      inputs: [{ ...input('INT32', [1]), parameters: region }, input('INT8', [1]), input('INT8', [1])],
      raw_input_contents: [Buffer.from([1]), Buffer.from([2])],
    });
    expect(decodeModelInferRequest(bytes, limits).request.inputs.map(({ content }) => content)).toEqual([
      { kind: 'region', region: 's', offset: 0, byteSize: 4 },
      { kind: 'bytes', bytes: Uint8Array.of(1) },
      { kind: 'bytes', bytes: Uint8Array.of(2) },
    ]);
  });

  it('has integers of 64 bits exactly, and names of any kind', () => {
    const bytes = encodeModelInferRequest({
      modelName: '__proto__',
      modelVersion: '',
      request: {
        id: '',
        parameters: new Map<string, ParameterValue>([
          ['__proto__', 2n ** 63n + 1n],
          ['constructor', -(2n ** 63n)],
        ]),
        inputs: [],
        outputs: [],
      },
    });
    expect([...decodeModelInferRequest(bytes, limits).request.parameters]).toEqual([
      ['__proto__', 2n ** 63n + 1n],
      ['constructor', -(2n ** 63n)],
    ]);
  });

  it('passes over fields it does not know, groups to a depth', () => {
    const known = message({ id: 'a' });
    const group = (depth: number): number[] =>
      depth === 0 ? [] : [...tag(99, 3), ...group(depth - 1), ...tag(99, 4)];
    const unknown = [...field(77, [1, 2, 3]), ...tag(78, 0), 0xff, 1, ...tag(79, 5), 1, 2, 3, 4];
    const decoded = decodeModelInferRequest(Uint8Array.of(...unknown, ...group(20), ...known), limits);
    expect(decoded.request.id).toBe('a');
    expect(refusal(Uint8Array.from(group(22))).message).toContain('recursion depth');
  });

  it.each<[string, object, string, string?]>([
    [
      'contents beside raw',
      { inputs: [input('INT8', [1], { int_contents: [1] })], raw_input_contents: [Buffer.of(1)] },
      "contents field must not be specified when using raw_input_contents for 'X' for model 'm'",
    ],
    [
      'an input without data',
      { inputs: [input('INT8', [1]), input('INT8', [1])], raw_input_contents: [Buffer.of(1)] },
      "unable to find data for input tensor 'X' for model 'm' in request.",
    ],
    [
      'raw entries that nobody takes',
      { inputs: [input('INT8', [1])], raw_input_contents: [Buffer.of(1), Buffer.of(1)] },
      "raw_input_contents has 2 entries for model 'm', but only 1 inputs take one.",
    ],
    [
      'raw of another size',
      { inputs: [input('FP32', [2, 3])], raw_input_contents: [Buffer.alloc(23)] },
      "input byte size mismatch for input 'X' for model 'm'. Expected 24, got 23",
    ],
    [
      'contents of another count',
      { inputs: [input('FP32', [3], { fp32_contents: [1] })] },
      "input byte size mismatch for input 'X' for model 'm'. Expected 12, got 4",
    ],
    [
      'contents of another field',
      { inputs: [input('FP32', [1], { int_contents: [1] })] },
      "unexpected explicit tensor data for input tensor 'X' for model 'm' of type 'INT32', expected datatype 'FP32'",
    ],
    [
      'contents of two fields',
      { inputs: [input('FP32', [1], { fp32_contents: [1], bytes_contents: [Buffer.of()] })] },
      "unexpected explicit tensor data for input tensor 'X' for model 'm' of type 'BYTES', expected datatype 'FP32'",
    ],
    [
      'FP16 that is not raw',
      { inputs: [input('FP16', [1], { fp32_contents: [1] })] },
      "of type 'FP32', expected datatype 'FP16'; it travels as raw contents only",
    ],
    [
      'an integer below INT8',
      { inputs: [input('INT8', [2], { int_contents: [0, -129] })] },
      "element 1 of input 'X' is -129, out of the range of INT8",
    ],
    [
      'an integer above INT16',
      { inputs: [input('INT16', [1], { int_contents: [32_768] })] },
      'is 32768, out of the range of INT16',
    ],
    [
      'an integer above UINT8',
      { inputs: [input('UINT8', [2], { uint_contents: [255, 300] })] },
      'is 300, out of the range of UINT8',
    ],
    [
      'an integer above UINT16',
      { inputs: [input('UINT16', [1], { uint_contents: [0xffff_ffff] })] },
      'is 4294967295, out of the range of UINT16',
    ],
    [
      'a BOOL that is neither',
      { inputs: [input('BOOL', [2])], raw_input_contents: [Buffer.of(1, 2)] },
      "element 1 of input 'X' is 2, not 0 or 1",
    ],
    ['a datatype nobody knows', { inputs: [input('FP8', [1])] }, "has unknown datatype 'FP8'."],
    ['a negative size', { inputs: [input('INT8', [-1])] }, 'has -1 in its shape'],
    [
      'a size beyond numbers',
      { inputs: [input('INT8', [2 ** 60])] },
      'causes total element count to exceed maximum size of 9223372036854775807',
    ],
    [
      'a shape that overflows',
      { inputs: [input('INT8', [2 ** 40, 2 ** 40])], raw_input_contents: [Buffer.of()] },
      'causes total element count to exceed maximum size of 9223372036854775807',
    ],
    [
      'more elements than the limit',
      { inputs: [input('INT8', [1001, 1000])], raw_input_contents: [Buffer.of()] },
      "input 'X' for model 'm' has 1001000 elements, more than the 1000000 that are allowed",
      'too-large',
    ],
    [
      'BYTES in fewer elements',
      { inputs: [input('BYTES', [2])], raw_input_contents: [Buffer.of(4, 0, 0, 0, 1, 2, 3, 4)] },
      "expected 2 string elements for inference input 'X' for model 'm', got 1",
    ],
    [
      'BYTES in more elements',
      { inputs: [input('BYTES', [1])], raw_input_contents: [Buffer.alloc(8)] },
      "unexpected number of string elements 2 for inference input 'X'",
    ],
    [
      'BYTES whose length is cut',
      { inputs: [input('BYTES', [2])], raw_input_contents: [Buffer.of(1, 0, 0, 0, 1, 2, 3, 4)] },
      "incomplete string length indicator for inference input 'X' for model 'm', expecting 4 bytes but only 3",
    ],
    [
      'BYTES longer than there are',
      { inputs: [input('BYTES', [1])], raw_input_contents: [Buffer.of(0xff, 0xff, 0xff, 0xff, 1)] },
      'expecting string of length 4294967295 but only 1 bytes available',
    ],
    [
      'BYTES claimed beyond the bytes',
      { inputs: [input('BYTES', [1_000_000])], raw_input_contents: [Buffer.alloc(8)] },
      "expected 1000000 string elements for inference input 'X' for model 'm', got 2",
    ],
    [
      'shared memory beside contents',
      {
        inputs: [
          {
            ...input('INT8', [1], { int_contents: [1] }),
            parameters: {
              shared_memory_region: { string_param: 's' },
              shared_memory_byte_size: { int64_param: 1 },
            },
          },
        ],
      },
      "unexpected 'content' provided when using shared memory for input tensor 'X' for model 'm'",
    ],
    [
      'shared memory of another size',
      {
        inputs: [
          {
            ...input('INT32', [1]),
            parameters: {
              shared_memory_region: { string_param: 's' },
              shared_memory_byte_size: { int64_param: 5 },
            },
          },
        ],
      },
      'Expected 4, got 5',
    ],
    [
      'shared memory without a size',
      {
        inputs: [{ ...input('INT32', [1]), parameters: { shared_memory_region: { string_param: 's' } } }],
      },
      "invalid value for 'shared_memory_byte_size' parameter of input 'X' for model 'm', expected int64_param",
    ],
    ['a parameter without a value', { parameters: { k: {} } }, "parameter 'k' has no value."],
  ])('is refused for %s', (_, fields, text, problem = 'invalid-argument') => {
    const refused = refusal(message(fields));
    expect(refused.message).toContain(text);
    expect(refused.problem).toBe(problem);
  });

  it('of very many tiny parts is refused before they take memory', () => {
    const parts = (count: number): Buffer => Buffer.alloc(count * 2, Buffer.of(0x3a, 0));
    expect(refusal(parts(65_537))).toEqual({
      problem: 'too-large',
      message: 'the message has more than 65536 tensors, parameters and sizes of shapes in all.',
    });
    expect(refusal(parts(65_536)).message).toContain('raw_input_contents has 65536 entries');
  });

  it('of any bytes is a value or a refusal', () => {
    const seeds = fc.oneof(
      request.map((request) => encodeModelInferRequest({ modelName: 'm', modelVersion: '', request })),
      tensor(false).map((tensor) => {
        const contents = EXPLICIT[tensor.datatype] ?? 'fp32_contents';
        return message({ inputs: [{ ...tensor, parameters: {}, contents: { [contents]: listOf(tensor) } }] });
      }),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    );
    const mutation = fc.record({
      kind: fc.constantFrom('flip', 'cut', 'insert', 'repeat'),
      at: fc.nat({ max: 4096 }),
      byte: fc.nat({ max: 255 }),
    });
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(seeds, fc.array(mutation, { minLength: 1, maxLength: 4 }), (seed, mutations) => {
        let bytes = Buffer.from(seed);
        for (const { kind, at, byte } of mutations) {
          const place = bytes.length === 0 ? 0 : at % bytes.length;
          if (kind === 'flip' && bytes.length > 0) bytes[place] = byte;
          else if (kind === 'cut') bytes = bytes.subarray(0, place);
          else if (kind === 'insert') {
            bytes = Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place)]);
          } else bytes = Buffer.concat([bytes, bytes.subarray(place)]);
        }
        try {
          const { request } = decodeModelInferRequest(bytes, limits);
          for (const { datatype, shape, content } of request.inputs) {
            const count = shape.reduce((total, size) => total * size, 1);
            if (content.kind === 'bytes')
              expect(content.bytes.length).toBe(count * bytesPerElement(datatype)!);
            if (content.kind === 'elements') expect(content.elements.length).toBe(count);
          }
          accepted += 1;
        } catch (error) {
          if (!ProtocolError.isInstance(error)) throw error;
          expect(['invalid-argument', 'too-large']).toContain(error.problem);
          refused += 1;
        }
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('a response', () => {
  it('comes back as it was, alone and in a stream', () => {
    fc.assert(
      fc.property(response, text, (response, errorMessage) => {
        expect(decodeModelInferResponse(encodeModelInferResponse(response), limits)).toEqual(response);
        const streamed = encodeModelStreamInferResponse({ errorMessage, response });
        expect(decodeModelStreamInferResponse(streamed, limits)).toEqual({ errorMessage, response });
      }),
    );
  });

  it('means the same to protobufjs, and what protobufjs writes of it means the same here', () => {
    fc.assert(
      fc.property(response, text, (response, error) => {
        const encoded = encodeModelStreamInferResponse({ errorMessage: error, response });
        const known = reference.ModelStreamInfer.responseDeserialize(encoded) as {
          readonly error_message: string;
          readonly infer_response: { readonly raw_output_contents: readonly Uint8Array[] };
        };
        expect(known.error_message).toBe(error);
        expect(known.infer_response).toMatchObject({ model_name: response.modelName, id: response.id });
        expect(known.infer_response.raw_output_contents.length).toBe(response.outputs.length);
        fc.pre(
          [response, ...response.outputs].every(({ parameters }) =>
            [...parameters.values()].every((value) => typeof value !== 'bigint'),
          ),
        );
        const again = reference.ModelStreamInfer.responseSerialize(known);
        expect(decodeModelStreamInferResponse(again, limits).response).toEqual(response);
      }),
    );
  });

  it('may be an error that belongs to nobody', () => {
    const bytes = encodeModelStreamInferResponse({ errorMessage: 'no', response: null });
    expect(decodeModelStreamInferResponse(bytes, limits)).toEqual({ errorMessage: 'no', response: null });
  });

  it('with explicit contents, as other servers send it, is read', () => {
    const bytes = reference.ModelInfer.responseSerialize({
      outputs: [{ name: 'Y', datatype: 'INT64', shape: [2], contents: { int64_contents: [-1, 2] } }],
    });
    const { content } = decodeModelInferResponse(bytes, limits).outputs[0]!;
    expect(content.kind === 'bytes' && new BigInt64Array(content.bytes.slice().buffer)).toEqual(
      BigInt64Array.of(-1n, 2n),
    );
  });

  it('that is not as it says is the fault of the server', () => {
    const bytes = reference.ModelInfer.responseSerialize({
      model_name: 'm',
      outputs: [{ name: 'Y', datatype: 'FP32', shape: [2] }],
      raw_output_contents: [Buffer.alloc(4)],
    });
    expect(() => decodeModelInferResponse(bytes, limits)).toThrow(
      expect.objectContaining({
        problem: 'internal',
        message: "output byte size mismatch for output 'Y' for model 'm'. Expected 8, got 4",
      }),
    );
    expect(() => decodeModelInferResponse(bytes.subarray(0, 9), limits)).toThrow(
      expect.objectContaining({ problem: 'internal' }),
    );
  });
});

function listOf({ datatype, content }: WireTensor): readonly unknown[] {
  if (content.kind === 'elements') return content.elements.map((element) => Buffer.from(element));
  if (content.kind !== 'bytes') throw new Error('is in shared memory');
  const { buffer } = content.bytes.slice();
  switch (datatype) {
    case 'BOOL':
      return [...new Uint8Array(buffer)].map((byte) => byte === 1);
    case 'INT8':
      return [...new Int8Array(buffer)];
    case 'INT16':
      return [...new Int16Array(buffer)];
    case 'INT32':
      return [...new Int32Array(buffer)];
    case 'INT64':
      return [...new BigInt64Array(buffer)].map(Number);
    case 'UINT8':
      return [...new Uint8Array(buffer)];
    case 'UINT16':
      return [...new Uint16Array(buffer)];
    case 'UINT32':
      return [...new Uint32Array(buffer)];
    case 'UINT64':
      return [...new BigUint64Array(buffer)].map(Number);
    case 'FP64':
      return [...new Float64Array(buffer)];
    case 'FP32':
      return [...new Float32Array(buffer)];
    case 'FP16':
    case 'BF16':
    case 'BYTES':
      return [1];
  }
}

function tag(field: number, wireType: number): number[] {
  const value = field * 8 + wireType;
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}

function field(number: number, bytes: readonly number[]): number[] {
  return [...tag(number, 2), bytes.length, ...bytes];
}

function ascii(text: string): number[] {
  return [...Buffer.from(text)];
}
