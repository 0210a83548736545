import { tensorValues, type DType, type NumericTensor } from '@switchyard/core';
import { ProtocolError, type InferResponse, type WireTensor } from '@switchyard/open-inference';
import { buildModel } from '@switchyard/onnx/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { classifierModel, identityOf, protocolModels, type FixtureModel } from '../__fixtures__/models.ts';
import { createMemoryBudget } from '../operation/memory-budget.ts';
import type { RequestSpan } from '../operation/observer.ts';
import { openDirectRepository, type DirectRepository } from './__fixtures__/direct-repository.ts';
import { callContext, keepRecords, output, requestOf, wire } from './__fixtures__/requests.ts';
import { createInferenceService } from './create-inference-service.ts';
import type { InferenceService } from './inference-service.ts';

const NUMBERS: readonly DType[] = [
  'float32',
  'float64',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
];
const WIDE = { dtype: 'float32', shape: ['batch', 'width'] } as const;
const FREE = { dtype: 'float32', dims: [-1] } as const;
/** Two inputs with a free dimension of one name. */
const PAIRS: FixtureModel = {
  name: 'pairs',
  maxBatchSize: 4,
  inputs: [
    { name: 'x', ...FREE },
    { name: 'z', ...FREE },
  ],
  outputs: [{ name: 'sum', ...FREE }],
  bytes: buildModel({
    inputs: [
      { name: 'x', ...WIDE },
      { name: 'z', ...WIDE },
    ],
    outputs: [{ name: 'sum', ...WIDE }],
    nodes: [{ op: 'Add', inputs: ['x', 'z'], outputs: ['sum'] }],
  }),
};

let repository: DirectRepository;
let service: InferenceService;
const observer = keepRecords();

beforeAll(async () => {
  repository = await openDirectRepository([
    ...protocolModels(),
    classifierModel(),
    PAIRS,
    ...[...NUMBERS, 'string' as const].map(identityOf),
  ]);
  service = serviceWith(1_000_000);
});
afterAll(() => repository[Symbol.asyncDispose]());
afterEach(() => {
  expect(repository.leases.held).toBe(0);
  observer.records.length = 0;
  repository.counted.length = 0;
  repository.executed.length = 0;
});

function serviceWith(maxResponseBytes: number): InferenceService {
  return createInferenceService({
    repository,
    observer,
    name: 'triton',
    version: '1',
    limits: { maxBodyBytes: 1_000_000, maxResponseBytes },
    memory: createMemoryBudget(1_000_000),
    sharedMemory: false,
    traceHooks: null,
    logHooks: null,
  });
}

const range = (length: number, value: (index: number) => number = (index) => index): number[] =>
  Array.from({ length }, (_, index) => value(index));
const ones = (name: string, rows: number): WireTensor =>
  wire(
    name,
    'int32',
    [rows, 16],
    range(rows * 16, () => 1),
  );
const counting = (name: string, rows: number): WireTensor =>
  wire(name, 'int32', [rows, 16], range(rows * 16));

function valuesOf(response: InferResponse, name: string): unknown {
  const tensor = response.outputs.find((candidate) => candidate.name === name)!;
  const { content } = tensor;
  if (content.kind === 'elements') {
    return content.elements.map((element) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(element));
  }
  if (content.kind === 'region') return content;
  const dtype = repository
    .loaded()
    .flatMap(({ executor }) => executor.outputs)
    .find((info) => info.name === name && info.dtype !== 'string')!.dtype as NumericTensor['dtype'];
  return tensorValues({ dtype, shape: tensor.shape, bytes: content.bytes });
}

async function refusal(answer: Promise<unknown>): Promise<ProtocolError> {
  const error: unknown = await answer.then(
    () => new Error('It was answered.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProtocolError);
  return error as ProtocolError;
}

describe('answers', () => {
  test('adds and subtracts, in the order of the outputs asked for', async () => {
    const inputs = [counting('INPUT1', 2), ones('INPUT0', 2)];
    const all = await service.infer('simple', '', requestOf(inputs), callContext());
    expect(all.response).toMatchObject({ modelName: 'simple', modelVersion: '1', id: 'seven' });
    expect(all.response.outputs.map(({ name, shape, datatype }) => [name, shape, datatype])).toEqual([
      ['OUTPUT0', [2, 16], 'INT32'],
      ['OUTPUT1', [2, 16], 'INT32'],
    ]);
    expect(valuesOf(all.response, 'OUTPUT0')).toEqual(range(32, (index) => 1 + index));
    expect(valuesOf(all.response, 'OUTPUT1')).toEqual(range(32, (index) => 1 - index));
    expect(all.truth).toMatchObject({ backend: 'cpu', executionProviders: ['CPUExecutionProvider'] });
    const outputs = [output('OUTPUT1'), output('OUTPUT0')];
    const turned = await service.infer('simple', '1', requestOf(inputs, { outputs }), callContext());
    expect(turned.response.outputs.map(({ name }) => name)).toEqual(['OUTPUT1', 'OUTPUT0']);
    expect(repository.executed.map(({ rows, outputs: names }) => [rows, names])).toEqual([
      [2, null],
      [2, ['OUTPUT1', 'OUTPUT0']],
    ]);
  });

  test('int8 wraps around, strings are numbers written out, and a sequence has no memory', async () => {
    const bytes = (name: string, value: number): WireTensor =>
      wire(
        name,
        'int8',
        [1, 16],
        range(16, () => value),
      );
    const int8 = await service.infer(
      'simple_int8',
      '',
      requestOf([bytes('INPUT0', 100), bytes('INPUT1', 100)]),
      callContext(),
    );
    expect(int8.response.outputs.map(({ content }) => content.kind === 'bytes' && content.bytes[0])).toEqual([
      200, 0,
    ]);
    const words = (name: string, value: number): WireTensor =>
      wire(
        name,
        'string',
        [1, 16],
        range(16).map((index) => String(index * value)),
      );
    const text = await service.infer(
      'simple_string',
      '',
      requestOf([words('INPUT0', 10), words('INPUT1', 1)]),
      callContext(),
    );
    expect(text.response.outputs[0]).toMatchObject({ name: 'OUTPUT0', datatype: 'BYTES', shape: [1, 16] });
    expect(valuesOf(text.response, 'OUTPUT1')).toEqual(range(16, (index) => index * 9).map(String));
    const free = await service.infer(
      'simple_sequence_free',
      '',
      requestOf([wire('INPUT', 'int32', [1, 1], [41])], {
        parameters: { sequence_id: 'a', sequence_start: true, sequence_end: false },
      }),
      callContext(),
    );
    expect(valuesOf(free.response, 'OUTPUT')).toEqual([41]);
  });

  test('strings come back as they were', async () => {
    const strings = ['', 'tea', '\uFEFFmarked', 'Grüße', '\u{1F600}', 'a'.repeat(700)];
    const { response } = await service.infer(
      'simple_identity',
      '',
      requestOf([wire('INPUT0', 'string', [2, 3], strings)]),
      callContext(),
    );
    expect(valuesOf(response, 'OUTPUT0')).toEqual(strings);
  });

  test.each(NUMBERS)('every bit pattern of %s comes back, from any offset of a buffer', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.nat(4), fc.nat(4)),
        fc.nat(7),
        fc.uint8Array({ minLength: 200, maxLength: 200 }),
        async ([rows, columns], offset, noise) => {
          const shape = [rows, columns];
          const { byteLength } = (
            wire(
              'x',
              dtype,
              shape,
              range(rows * columns, () => 1),
            ).content as {
              bytes: Uint8Array;
            }
          ).bytes;
          if (dtype === 'bool') for (const [index, byte] of noise.entries()) noise[index] = byte & 1;
          const bytes = noise.subarray(offset, offset + byteLength);
          const input = {
            ...wire(
              'x',
              dtype,
              shape,
              range(rows * columns, () => 1),
            ),
          };
          const request = requestOf([{ ...input, content: { kind: 'bytes', bytes } }]);
          const { response } = await service.infer(`identity_${dtype}`, '', request, callContext());
          expect(response.outputs).toEqual([{ ...input, name: 'y', content: { kind: 'bytes', bytes } }]);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('any text comes back', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (strings) => {
        const request = requestOf([wire('x', 'string', [strings.length, 1], strings)]);
        const { response } = await service.infer('identity_string', '', request, callContext());
        expect(valuesOf(response, 'y')).toEqual(strings);
      }),
      { numRuns: 30 },
    );
  });

  test('numbers reach the engine without a copy', async () => {
    const input = wire('INPUT', 'int32', [1, 1], [5]);
    await service.infer('simple_sequence_free', '', requestOf([input]), callContext());
    const fed = repository.executed[0]!.feeds['INPUT'] as NumericTensor;
    expect(fed.bytes).toBe((input.content as { readonly bytes: Uint8Array }).bytes);
  });

  test('a classification has labels and the order of its values', async () => {
    const request = requestOf([wire('x', 'float32', [2, 64], range(128))], {
      outputs: [output('y', { classification: 3 })],
    });
    const plain = requestOf([wire('x', 'float32', [2, 64], range(128))]);
    const scores = valuesOf((await service.infer('classifier', '', plain, callContext())).response, 'y');
    const { response } = await service.infer('classifier', '', request, callContext());
    expect(response.outputs[0]).toMatchObject({ name: 'y', datatype: 'BYTES', shape: [2, 3] });
    const [best] = (valuesOf(response, 'y') as string[])[0]!.split(':').slice(1).map(Number);
    const first = (scores as number[]).slice(0, 10);
    expect(first[best!]).toBe(Math.max(...first));
    expect((valuesOf(response, 'y') as string[])[0]).toMatch(/^-?\d+\.\d{6}:\d:[a-z]+$/);
  });

  test('priority, timeout, deadline and signal reach the queue', async () => {
    const context = callContext({ deadline: 12_345 });
    const parameters = { priority: 2n, timeout: 500, unheard_of: 'fine' };
    await service.infer(
      'simple',
      '',
      requestOf([ones('INPUT0', 1), ones('INPUT1', 1)], { parameters }),
      context,
    );
    expect(repository.executed[0]).toMatchObject({
      priority: 2,
      queueTimeoutMicros: 500,
      deadline: 12_345,
      signal: context.signal,
    });
  });
});

describe('refusals', () => {
  const pair = [ones('INPUT0', 1), ones('INPUT1', 1)];
  const floats = (name: string): WireTensor =>
    wire(
      name,
      'float32',
      [1, 16],
      range(16, () => 1),
    );
  test.each([
    [
      'missing inputs',
      'simple',
      [ones('INPUT0', 1)],
      "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing required input(s) ['INPUT1']. Please provide all required input(s).",
    ],
    [
      'no inputs',
      'simple',
      [],
      "expected 2 inputs but got 0 inputs for model 'simple'. Got input(s) [], but missing required input(s) ['INPUT0','INPUT1']. Please provide all required input(s).",
    ],
    [
      'an unknown input',
      'simple',
      [ones('INPUT0', 1), ones('Z', 1)],
      "unexpected inference input 'Z' for model 'simple'",
    ],
    [
      'an input too many',
      'simple',
      [...pair, ones('Z', 1)],
      "unexpected inference input 'Z' for model 'simple'",
    ],
    [
      'a name of every object',
      'simple',
      [ones('INPUT0', 1), ones('__proto__', 1)],
      "unexpected inference input '__proto__' for model 'simple'",
    ],
    [
      'the same input twice',
      'simple',
      [ones('INPUT0', 1), ones('INPUT0', 1)],
      "input 'INPUT0' already exists in request",
    ],
    [
      'another datatype',
      'simple',
      [floats('INPUT0'), ones('INPUT1', 1)],
      "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'",
    ],
    [
      'another dimension',
      'simple',
      [wire('INPUT0', 'int32', [1, 17], range(17)), ones('INPUT1', 1)],
      /^unexpected shape for input 'INPUT0' for model 'simple'\. Expected \[-1,16\], got \[1,17\]\. NOTE: Setting a non-zero max_batch_size/,
    ],
    [
      'another rank',
      'simple',
      [wire('INPUT0', 'int32', [16], range(16)), ones('INPUT1', 1)],
      /Expected \[-1,16\], got \[16\]\. NOTE/,
    ],
    [
      'a scalar',
      'simple',
      [wire('INPUT0', 'int32', [], [1]), ones('INPUT1', 1)],
      "input 'INPUT0' has no shape but model requires batch dimension for 'simple'",
    ],
    [
      'rank without a batch',
      'identity_int8',
      [wire('x', 'int8', [1], [1])],
      "unexpected shape for input 'x' for model 'identity_int8'. Expected [-1,-1], got [1].",
    ],
    [
      'too many rows',
      'simple',
      [ones('INPUT0', 9), ones('INPUT1', 9)],
      "inference request batch-size must be <= 8 for 'simple', got 9",
    ],
    [
      'rows that differ',
      'simple',
      [ones('INPUT0', 1), ones('INPUT1', 2)],
      "input 'INPUT1' batch size does not match other inputs for 'simple'. It has 2 rows, but 'INPUT0' has 1",
    ],
    [
      'too few bytes',
      'simple',
      [{ ...ones('INPUT0', 1), shape: [2, 16] }, ones('INPUT1', 2)],
      "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 128, got 64",
    ],
    [
      'too few strings',
      'simple_identity',
      [{ ...wire('INPUT0', 'string', [1, 1], ['a']), shape: [1, 2] }],
      "expected 2 string elements for input 'INPUT0' for model 'simple_identity', got 1",
    ],
    [
      'a NUL',
      'simple_identity',
      [wire('INPUT0', 'string', [1, 2], ['abc', 'abc\0def'])],
      "backend cannot carry element 1 of input 'INPUT0' for model 'simple_identity' (backend 'cpu'): it contains a NUL byte, where the engine would cut it",
    ],
    [
      'no UTF-8',
      'simple_identity',
      [
        {
          ...wire('INPUT0', 'string', [1, 1], ['']),
          content: { kind: 'elements', elements: [Uint8Array.of(0xff, 0xfe)] },
        },
      ],
      "backend cannot carry element 0 of input 'INPUT0' for model 'simple_identity' (backend 'cpu'): it is no valid UTF-8. Send text, for example base64",
    ],
    [
      'a BOOL of 2',
      'identity_bool',
      [
        {
          ...wire('x', 'bool', [1, 2], [true, true]),
          content: { kind: 'bytes', bytes: Uint8Array.of(1, 2) },
        },
      ],
      "element 1 of input 'x' for model 'identity_bool' is the byte 2, but a BOOL is 0 or 1",
    ],
  ] as [string, string, WireTensor[], string | RegExp][])('%s', async (_, model, inputs, text) => {
    const error = await refusal(service.infer(model, '', requestOf(inputs), callContext()));
    expect(error.problem).toBe('invalid-argument');
    if (typeof text === 'string') expect(error.message).toBe(text);
    else expect(error.message).toMatch(text);
    expect(repository.executed).toHaveLength(0);
    expect(repository.counted).toEqual(['failed OTHER']);
    expect(observer.records).toMatchObject([
      { model, version: '1', failure: 'OTHER', error: error.message, times: null, batchSize: 0 },
    ]);
  });

  test.each([
    ['an unknown output', [output('Z')], "unexpected inference output 'Z' for model 'simple'"],
    [
      'the same output twice',
      [output('OUTPUT0'), output('OUTPUT0')],
      "output 'OUTPUT0' already exists in request",
    ],
    [
      'no class',
      [output('OUTPUT0', { classification: 0 })],
      "invalid value for 'classification' parameter, expected 1 to 1000000, got 0",
    ],
    [
      'a class too many',
      [output('OUTPUT0', { classification: 1_000_001 })],
      "invalid value for 'classification' parameter, expected 1 to 1000000, got 1000001",
    ],
    [
      'a class that is a word',
      [output('OUTPUT0', { classification: 'all' })],
      "invalid value for 'classification' parameter, expected an unsigned integer, got 'all'",
    ],
    [
      'classes in a region',
      [output('OUTPUT0', { classification: 1, shared_memory_region: 'r', shared_memory_byte_size: 64 })],
      "output can't set both 'shared_memory_region' and 'classification'",
    ],
    [
      'a region without a size',
      [output('OUTPUT0', { shared_memory_region: 'r' })],
      "'shared_memory_byte_size' is missing for output 'OUTPUT0', which names a shared memory region",
    ],
    [
      'a region that is a number',
      [output('OUTPUT0', { shared_memory_region: 1 })],
      "invalid value for 'shared_memory_region' parameter, expected a string",
    ],
  ])('%s', async (_, outputs, text) => {
    const error = await refusal(service.infer('simple', '', requestOf(pair, { outputs }), callContext()));
    expect([error.problem, error.message]).toEqual(['invalid-argument', text]);
    expect(repository.executed).toHaveLength(0);
  });

  test('classes of strings', async () => {
    const inputs = [wire('INPUT0', 'string', [1, 1], ['a'])];
    const outputs = [output('OUTPUT0', { classification: 1 })];
    const error = await refusal(
      service.infer('simple_identity', '', requestOf(inputs, { outputs }), callContext()),
    );
    expect(error.message).toBe(
      "classification is not offered for output 'OUTPUT0' of model 'simple_identity', whose datatype is BYTES",
    );
  });

  test.each([
    ['priority', -1, "invalid value for 'priority' parameter, expected an unsigned integer, got -1"],
    ['timeout', 0.5, "invalid value for 'timeout' parameter, expected an unsigned integer, got 0.5"],
    ['timeout', true, "invalid value for 'timeout' parameter, expected an unsigned integer, got true"],
    ['sequence_id', -5, "invalid value for 'sequence_id' parameter, expected an unsigned integer, got -5"],
    ['sequence_start', 1, "invalid value type for 'sequence_start' parameter, expected a boolean"],
    ['sequence_end', 'yes', "invalid value type for 'sequence_end' parameter, expected a boolean"],
  ])('parameter %s of %s', async (name, value, text) => {
    const request = requestOf(pair, { parameters: { [name]: value } });
    const error = await refusal(service.infer('simple', '', request, callContext()));
    expect([error.problem, error.message]).toEqual(['invalid-argument', text]);
  });

  test('two inputs that disagree on a dimension of one name', async () => {
    const inputs = [wire('x', 'float32', [1, 2], [1, 2]), wire('z', 'float32', [1, 3], [1, 2, 3])];
    const error = await refusal(service.infer('pairs', '', requestOf(inputs), callContext()));
    expect(error.message).toBe(
      "unexpected shape for input 'z' for model 'pairs'. Dimension 'width' is 3, but 2 where it occurs first",
    );
  });

  test('an unknown model comes before everything else', async () => {
    const error = await refusal(service.infer('nobody', '', requestOf([]), callContext()));
    expect(error.message).toBe("Request for unknown model: 'nobody' is not found");
    expect(observer.records).toMatchObject([{ model: 'nobody', version: '', failure: 'OTHER', truth: null }]);
    expect(repository.counted).toEqual([]);
  });

  test('a region where shared memory is off', async () => {
    const content = { kind: 'region', region: 'r', offset: 0, byteSize: 64 } as const;
    const inputs = [{ ...ones('INPUT0', 1), content }, ones('INPUT1', 1)];
    const error = await refusal(service.infer('simple', '', requestOf(inputs), callContext()));
    expect(error.problem).toBe('unsupported');
    expect(error.message).toMatch(/^Client shared memory is disabled\./);
  });

  test('an answer larger than the server sends', async () => {
    const error = await refusal(serviceWith(100).infer('simple', '', requestOf(pair), callContext()));
    expect(error.problem).toBe('exhausted');
    expect(error.message).toBe(
      "outputs of model 'simple' take 128 bytes, but a response of this server takes at most 100",
    );
    // It was executed, so that the executor has counted it.
    expect(repository.counted).toEqual([]);
    expect(observer.records).toMatchObject([{ failure: 'OTHER', batchSize: 1, error: error.message }]);
    const one = requestOf(pair, { outputs: [output('OUTPUT1')] });
    expect((await serviceWith(64).infer('simple', '', one, callContext())).response.outputs).toHaveLength(1);
  });
});

describe('records', () => {
  test('a success is recorded once, with its rows, and left to the executor to count', async () => {
    await service.infer(
      'simple',
      '',
      requestOf([ones('INPUT0', 3), ones('INPUT1', 3)]),
      callContext({ protocol: 'grpc', requestId: 'r-9' }),
    );
    expect(repository.counted).toEqual([]);
    expect(observer.records).toMatchObject([
      {
        protocol: 'grpc',
        requestId: 'r-9',
        model: 'simple',
        version: '1',
        failure: null,
        error: '',
        rows: 3,
        batchSize: 3,
        times: { queueNs: 1000 },
        truth: { backend: 'cpu' },
      },
    ]);
    expect(observer.records[0]!.totalNs).toBeGreaterThan(0);
  });

  test('a span gets the parts of the time one after the other', async () => {
    const parts: [string, number, number][] = [];
    const attributes: Record<string, unknown> = {};
    const span: RequestSpan = {
      part: (name, start, end) => parts.push([name, start, end]),
      set: (values) => void Object.assign(attributes, values),
      end: () => {
        throw new Error('A span is ended by whoever began it.');
      },
    };
    const request = requestOf([ones('INPUT0', 1), ones('INPUT1', 1)]);
    await service.infer('simple', '', request, callContext({ span }));
    expect(parts.map(([name]) => name)).toEqual([
      'queue',
      'compute_input',
      'compute_infer',
      'compute_output',
    ]);
    expect(parts[1]![1]).toBe(parts[0]![2]);
    expect(parts[3]![2] - parts[0]![1]).toBeCloseTo(0.01, 6);
    expect(attributes).toMatchObject({ 'model.name': 'simple', 'switchyard.backend': 'cpu' });
  });
});
