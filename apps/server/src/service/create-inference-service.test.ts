import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProtocolError, type LogSettings, type TraceSettings } from '@switchyard/open-inference';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  classifierModel,
  endlessModel,
  identityOf,
  simpleIdentityModel,
  simpleModel,
  type FixtureModel,
} from '../__fixtures__/models.ts';
import { createMemoryBudget } from '../operation/memory-budget.ts';
import { openDirectRepository, type DirectRepository } from './__fixtures__/direct-repository.ts';
import { callContext, keepRecords, output, requestOf, wire } from './__fixtures__/requests.ts';
import { createInferenceService, type InferenceServiceOptions } from './create-inference-service.ts';
import type { InferenceService } from './inference-service.ts';

let repository: DirectRepository;
let folder: string;
const narrow = (model: FixtureModel, name: string, dims: readonly number[]): FixtureModel => ({
  ...model,
  name,
  inputs: model.inputs.map((input) => ({ ...input, dims })),
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-service-'));
  repository = await openDirectRepository([
    simpleModel(),
    simpleIdentityModel(),
    classifierModel(),
    endlessModel(),
    identityOf('float32'),
    narrow(identityOf('float32'), 'columns', [-1, 4]),
    narrow(simpleIdentityModel(), 'one_string', [1]),
  ]);
});
beforeEach(() => {
  repository.loads.length = 0;
  repository.health = { state: 'ready', reason: '', instances: [] };
});
afterAll(async () => {
  await repository[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function serviceWith(changes: Partial<InferenceServiceOptions> = {}): InferenceService {
  return createInferenceService({
    repository,
    observer: keepRecords(),
    name: 'triton',
    version: '1.2.3',
    limits: { maxBodyBytes: 1_000_000, maxResponseBytes: 1_000_000 },
    memory: createMemoryBudget(1_000_000),
    sharedMemory: false,
    traceHooks: null,
    logHooks: null,
    ...changes,
  });
}

function refusalOf(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError) return [error.problem, error.message];
    throw error;
  }
  throw new Error('It was done.');
}

async function laterRefusal(work: Promise<unknown>): Promise<[string, string]> {
  const error: unknown = await work.then(
    () => new Error('It was done.'),
    (reason: unknown) => reason,
  );
  return refusalOf(() => {
    throw error;
  });
}

describe('metadata', () => {
  test('of the server names what works and nothing else', () => {
    expect(serviceWith().serverMetadata()).toEqual({
      name: 'triton',
      version: '1.2.3',
      extensions: [
        'classification',
        'model_repository',
        'model_repository(unload_dependents)',
        'schedule_policy',
        'model_configuration',
        'binary_tensor_data',
        'parameters',
        'statistics',
      ],
    });
    const all = serviceWith({
      sharedMemory: { folder, maxRegions: 1 },
      traceHooks: { initial: {}, apply: () => {} },
      logHooks: { initial: {}, apply: () => {} },
    }).serverMetadata();
    expect(all.extensions).toEqual(expect.arrayContaining(['system_shared_memory', 'trace', 'logging']));
  });

  test('of a model has shapes with the batch, and what runs it', () => {
    const metadata = serviceWith().modelMetadata('simple', '');
    expect(metadata).toMatchObject({
      name: 'simple',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [
        { name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] },
        { name: 'INPUT1', datatype: 'INT32', shape: [-1, 16] },
      ],
      outputs: [
        { name: 'OUTPUT0', datatype: 'INT32', shape: [-1, 16] },
        { name: 'OUTPUT1', datatype: 'INT32', shape: [-1, 16] },
      ],
    });
    expect(metadata.properties).toMatchObject({
      backend: 'cpu',
      backend_package: expect.stringMatching(/^@switchyard\/backend-cpu@\d/),
      device: 'cpu',
      device_class: 'cpu',
      device_software: 'false',
      execution_provider: 'CPUExecutionProvider',
      fallback: 'none',
      reason: 'It was the only one.',
      content_sha256: 'c0ffee',
    });
    expect(metadata.properties['device_name']).not.toBe('');
  });

  test('of a model without a batch is its own, narrowed by the configuration', () => {
    const shapes = (model: string): unknown => serviceWith().modelMetadata(model, '1').inputs[0]!.shape;
    expect(shapes('identity_float32')).toEqual([-1, -1]);
    expect(shapes('columns')).toEqual([-1, 4]);
    expect(shapes('simple_identity')).toEqual([-1, -1]);
    expect(shapes('endless')).toEqual([]);
  });

  test('configuration, statistics and index', () => {
    const service = serviceWith();
    expect(service.modelConfig('simple', '1')).toMatchObject({ name: 'simple', max_batch_size: 8 });
    expect(service.statistics('simple', '')).toEqual([
      expect.objectContaining({
        name: 'simple',
        version: '1',
        inference_count: 3,
        execution_count: 2,
        response_stats: {},
        batch_stats: [],
        memory_usage: [{ type: 'CPU', id: 0, byte_size: 4096 }],
      }),
    ]);
    expect(service.statistics('simple', '1')).toHaveLength(1);
    expect(service.statistics('', '')).toHaveLength(7);
    expect(refusalOf(() => service.statistics('nobody', ''))[0]).toBe('not-found');
    expect(refusalOf(() => service.statistics('simple', '2'))[0]).toBe('not-found');
    expect(service.repositoryIndex(false)).toHaveLength(8);
  });
});

describe('readiness', () => {
  test('of the server follows its models and its end', () => {
    let accepting = true;
    const service = serviceWith({ accepting: () => accepting });
    expect([service.live(), service.ready()]).toEqual([true, true]);
    repository.health = { state: 'failed', reason: 'ended', instances: [] };
    expect(service.ready()).toBe(false);
    repository.health = { state: 'ready', reason: '', instances: [] };
    accepting = false;
    expect([service.live(), service.ready()]).toEqual([true, false]);
  });

  test('of a model follows its instances', () => {
    const service = serviceWith();
    const instance = { busy: false, replaced: 1 };
    expect(service.modelReady('simple', '')).toBe(true);
    expect(service.modelReady('never_loaded', '')).toBe(false);
    expect(service.modelReady('simple', '9')).toBe(false);
    repository.health = { state: 'recovering', reason: 'ended', instances: [{ pid: null, ...instance }] };
    expect(service.modelReady('simple', '')).toBe(false);
    repository.health = {
      state: 'recovering',
      reason: 'ended',
      instances: [
        { pid: null, ...instance },
        { pid: 7, ...instance },
      ],
    };
    expect(service.modelReady('simple', '')).toBe(true);
    expect(refusalOf(() => service.modelReady('nobody', ''))).toEqual([
      'not-found',
      "Request for unknown model: 'nobody' is not found",
    ]);
    expect(refusalOf(() => service.checkModel('nobody', ''))[0]).toBe('not-found');
    service.checkModel('simple', '1');
  });
});

describe('the input of a raw request', () => {
  test('is the only one, with one row', () => {
    const raw = (model: string): unknown => serviceWith().rawInput(model, '');
    expect(raw('classifier')).toEqual({ name: 'x', datatype: 'FP32', shape: [1, 64] });
    expect(raw('columns')).toEqual({ name: 'x', datatype: 'FP32', shape: [-1, 4] });
    expect(raw('one_string')).toEqual({ name: 'INPUT0', datatype: 'BYTES', shape: [1, 1] });
  });

  test.each([
    [
      'simple',
      "Raw request must only have 1 input (found 1) to be deduced but got 2 inputs in 'simple' model configuration",
    ],
    [
      'identity_float32',
      "The shape of the raw input 'x' can not be deduced because there are more than one variable-sized dimension",
    ],
    ['simple_identity', "For BYTE datatype raw input 'INPUT0', the model must have input shape [1]"],
  ])('cannot be known for %s', (model, text) => {
    expect(refusalOf(() => serviceWith().rawInput(model, ''))).toEqual(['invalid-argument', text]);
  });
});

describe('loading', () => {
  test('configuration and files reach the repository', async () => {
    const service = serviceWith();
    await service.load('m', new Map());
    await service.load(
      'm',
      new Map<string, string | Uint8Array>([
        ['config', '{"max_batch_size":"16"}'],
        ['file:1/model.onnx', 'AQI='],
        ['file:2/model.onnx', Uint8Array.of(3)],
      ]),
    );
    await service.unload('m', new Map());
    await service.unload('m', new Map([['unload_dependents', true]]));
    expect(repository.loads).toEqual([
      'load m null ',
      'load m {"max_batch_size":"16"} 1/model.onnx=1+2 2/model.onnx=3',
      'unload m false',
      'unload m true',
    ]);
  });

  test.each([
    [
      'm',
      new Map([['config', 4]]),
      "failed to load 'm': load failed for model 'm': parameter 'config' must be a string that holds JSON",
    ],
    [
      'm',
      new Map([['file:1/model.onnx', 'AQI=']]),
      "failed to load 'm': load failed for model 'm': files are given in parameters, but no 'config', which they need",
    ],
    [
      'm',
      new Map([
        ['config', '{}'],
        ['file:1/model.onnx', 'no base64!'],
      ]),
      "failed to load 'm': load failed for model 'm': parameter 'file:1/model.onnx' is neither bytes nor base64",
    ],
    [
      'm',
      new Map([['colour', 'red']]),
      "failed to load 'm': load failed for model 'm': unrecognized parameter 'colour', expected 'config' and 'file:<version>/<name>'",
    ],
  ] as [string, Map<string, string | number>, string][])(
    '%s with %s is refused',
    async (name, parameters, text) => {
      expect(await laterRefusal(serviceWith().load(name, parameters))).toEqual(['invalid-argument', text]);
      expect(repository.loads).toEqual([]);
    },
  );

  test('parameters of an unload are checked', async () => {
    const service = serviceWith();
    expect(await laterRefusal(service.unload('m', new Map([['unload_dependents', 'yes']])))).toEqual([
      'invalid-argument',
      "parameter 'unload_dependents' must be a boolean",
    ]);
    expect((await laterRefusal(service.unload('m', new Map([['force', true]]))))[0]).toBe('invalid-argument');
  });
});

describe('settings of traces', () => {
  const applied: [string, TraceSettings | null][] = [];
  const traced = (): InferenceService => {
    applied.length = 0;
    return serviceWith({
      traceHooks: {
        initial: { trace_rate: '10' },
        apply: (model, settings) => applied.push([model, settings]),
      },
    });
  };
  const initial = {
    trace_file: '',
    trace_level: ['OFF'],
    trace_rate: '10',
    trace_count: '-1',
    log_frequency: '0',
  };

  test('a model follows the server but for what is its own', () => {
    const service = traced();
    expect(service.traceSettings('')).toEqual(initial);
    expect(service.updateTraceSettings('simple', { log_frequency: '2' })).toEqual({
      ...initial,
      log_frequency: '2',
    });
    service.updateTraceSettings('', { trace_level: ['TIMESTAMPS'], trace_rate: ['5'] });
    const server = { ...initial, trace_level: ['TIMESTAMPS'], trace_rate: '5' };
    expect(service.traceSettings('')).toEqual(server);
    expect(service.traceSettings('simple')).toEqual({ ...server, log_frequency: '2' });
    expect(service.traceSettings('classifier')).toEqual(server);
    expect(applied.slice(1)).toEqual([
      ['', server],
      ['simple', { ...server, log_frequency: '2' }],
    ]);
    service.updateTraceSettings('simple', { log_frequency: null });
    expect(applied.at(-1)).toEqual(['simple', null]);
    expect(service.updateTraceSettings('', { trace_level: [], trace_rate: null })).toEqual(initial);
  });

  test.each([
    [{ trace_file: 'x' }, 'unsupported', 'trace file location can not be updated through network protocol'],
    [
      { trace_level: ['OFF', 'TIMESTAMPS'] },
      'invalid-argument',
      "Expect only one trace level 'OFF' is specified",
    ],
    [
      { trace_level: ['TENSORS'] },
      'unsupported',
      "trace level 'TENSORS' is not supported, no content of a tensor is written to a trace",
    ],
    [
      { trace_level: 'MAX' },
      'invalid-argument',
      "invalid trace level 'MAX', expected one of OFF, TIMESTAMPS",
    ],
    [
      { trace_rate: '-1' },
      'invalid-argument',
      "invalid value '-1' for trace setting 'trace_rate', expected a whole number",
    ],
    [
      { trace_count: '1e3' },
      'invalid-argument',
      "invalid value '1e3' for trace setting 'trace_count', expected a whole number",
    ],
    [
      { constructor: '1' },
      'invalid-argument',
      "unknown trace setting 'constructor', expected one of trace_level, trace_rate, trace_count, log_frequency",
    ],
  ])('%o is refused and changes nothing', (changes, problem, text) => {
    const service = traced();
    expect(refusalOf(() => service.updateTraceSettings('', { trace_rate: '7', ...changes }))).toEqual([
      problem,
      text,
    ]);
    expect([service.traceSettings(''), applied]).toEqual([initial, []]);
  });

  test('an unknown model, and a server without traces', () => {
    const text = ['invalid-argument', 'Request for unknown model : nobody'];
    expect(refusalOf(() => traced().traceSettings('nobody'))).toEqual(text);
    expect(refusalOf(() => traced().updateTraceSettings('nobody', {}))).toEqual(text);
    expect(serviceWith().traceSettings('')).toMatchObject({ trace_level: ['OFF'], trace_rate: '1000' });
    expect(refusalOf(() => serviceWith().updateTraceSettings('', {}))).toEqual([
      'unsupported',
      'the server does not support tracing',
    ]);
  });
});

describe('settings of logs', () => {
  test('are changed together or not at all', () => {
    const applied: LogSettings[] = [];
    const service = serviceWith({
      logHooks: { initial: { log_info: false }, apply: (settings) => applied.push(settings) },
    });
    const initial = {
      log_file: '',
      log_info: false,
      log_warning: true,
      log_error: true,
      log_verbose_level: 0,
      log_format: 'default',
    };
    expect(service.logSettings()).toEqual(initial);
    const changes = { log_verbose_level: 2n, log_format: 'ISO8601', log_warning: false, log_file: null };
    const changed = { ...initial, log_verbose_level: 2, log_format: 'ISO8601', log_warning: false };
    expect(service.updateLogSettings(changes)).toEqual(changed);
    expect(applied).toEqual([changed]);
    for (const [bad, problem, text] of [
      [{ log_file: 'x' }, 'unsupported', 'log file location can not be updated through network protocol'],
      [{ log_info: 1 }, 'invalid-argument', "expect boolean for 'log_info'"],
      [{ log_verbose_level: -1 }, 'invalid-argument', "expect unsigned integer for 'log_verbose_level'"],
      [{ log_verbose_level: 2 ** 32 }, 'invalid-argument', "expect unsigned integer for 'log_verbose_level'"],
      [
        { log_format: 'x' },
        'invalid-argument',
        "invalid argument for 'log_format', expected one of default, ISO8601",
      ],
      [
        { log_warnings: true },
        'invalid-argument',
        "unknown log setting 'log_warnings', expected one of log_file, log_info, log_warning, log_error, log_verbose_level, log_format",
      ],
    ] as const) {
      expect(refusalOf(() => service.updateLogSettings({ log_error: false, ...bad }))).toEqual([
        problem,
        text,
      ]);
    }
    expect(service.logSettings()).toEqual(changed);
    expect(applied).toHaveLength(1);
  });

  test('cannot be changed where nobody listens', () => {
    expect(serviceWith().logSettings()).toMatchObject({ log_info: true });
    expect(refusalOf(() => serviceWith().updateLogSettings({ log_info: true }))).toEqual([
      'unsupported',
      'the server does not support dynamic logging',
    ]);
  });
});

describe('inference through shared memory', () => {
  const sixteen = Array.from({ length: 16 }, (_, index) => index);
  const numbers = wire('INPUT0', 'int32', [1, 16], sixteen);
  const region = (name: string, offset: number, byteSize: number) =>
    ({ kind: 'region', region: name, offset, byteSize }) as const;

  function shared(changes: Partial<InferenceServiceOptions> = {}): InferenceService {
    const bytes = (numbers.content as { readonly bytes: Uint8Array }).bytes;
    writeFileSync(join(folder, 'in'), Buffer.concat([bytes, bytes]));
    writeFileSync(join(folder, 'out'), new Uint8Array(200));
    const service = serviceWith({
      sharedMemory: { folder, maxRegions: 4 },
      limits: { maxBodyBytes: 128, maxResponseBytes: 70 },
      ...changes,
    });
    service.sharedMemory.register({ name: 'in', key: '/in', offset: 0, byte_size: 128 });
    service.sharedMemory.register({ name: 'out', key: '/out', offset: 8, byte_size: 192 });
    return service;
  }
  const inputs = [
    { ...numbers, content: region('in', 0, 64) },
    { ...numbers, name: 'INPUT1', content: region('in', 64, 64) },
  ];
  const toRegion = (byteSize: number) =>
    output('OUTPUT0', {
      shared_memory_region: 'out',
      shared_memory_offset: 4n,
      shared_memory_byte_size: byteSize,
    });

  test('reads inputs and writes outputs, which the response only names', async () => {
    const service = shared();
    const outputs = [output('OUTPUT1'), toRegion(100)];
    const { response } = await service.infer('simple', '', requestOf(inputs, { outputs }), callContext());
    expect(response.outputs[0]).toMatchObject({ name: 'OUTPUT1', content: { kind: 'bytes' } });
    expect(response.outputs[1]).toEqual({
      name: 'OUTPUT0',
      datatype: 'INT32',
      shape: [1, 16],
      content: region('out', 4, 64),
      parameters: new Map(),
    });
    const written = readFileSync(join(folder, 'out'));
    expect(sixteen.map((index) => written.readInt32LE(12 + index * 4))).toEqual(
      sixteen.map((index) => index * 2),
    );
    expect(written.subarray(76).every((byte) => byte === 0)).toBe(true);
    service.sharedMemory.unregister('');
  });

  test.each([
    [
      'a region that is too small',
      inputs,
      toRegion(63),
      "shared memory size specified with the request for output 'OUTPUT0' (63 bytes) should be at least 64 bytes to hold the results",
    ],
    [
      'an unknown region',
      [{ ...inputs[0]!, content: region('nobody', 0, 64) }, inputs[1]!],
      toRegion(64),
      "Unable to find shared memory region: 'nobody'",
    ],
    [
      'a size that is not the shape',
      [{ ...inputs[0]!, content: region('in', 0, 60) }, inputs[1]!],
      toRegion(64),
      "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 64, got 60",
    ],
    [
      'a range beyond the region',
      [{ ...inputs[0]!, content: region('in', 100, 64) }, inputs[1]!],
      toRegion(64),
      "Invalid offset + byte size for shared memory region: 'in'",
    ],
  ])('%s', async (_, given, wanted, text) => {
    const service = shared();
    const request = requestOf(given, { outputs: [wanted] });
    expect((await laterRefusal(service.infer('simple', '', request, callContext())))[1]).toBe(text);
    service.sharedMemory.unregister('');
  });

  test('takes memory of the budget while it lasts, and no more than a body may have', async () => {
    const memory = createMemoryBudget(200);
    const service = shared({ memory });
    const before = memory.take(100);
    const request = requestOf(inputs, { outputs: [toRegion(64)] });
    expect((await laterRefusal(service.infer('simple', '', request, callContext())))[0]).toBe('exhausted');
    before();
    const answer = service.infer('simple', '', request, callContext());
    expect(memory.used()).toBe(128);
    await answer;
    const unknown = { ...inputs[0]!, content: region('nobody', 0, 64) };
    await laterRefusal(service.infer('simple', '', requestOf([unknown, inputs[1]!]), callContext()));
    expect(memory.used()).toBe(0);
    service.sharedMemory.unregister('');
    const small = shared({ limits: { maxBodyBytes: 127, maxResponseBytes: 70 } });
    expect(await laterRefusal(small.infer('simple', '', request, callContext()))).toEqual([
      'too-large',
      'inputs in shared memory take 128 bytes, but a request of this server takes at most 127',
    ]);
    small.sharedMemory.unregister('');
  });

  test('carries strings with their lengths', async () => {
    const service = shared();
    writeFileSync(join(folder, 'in'), Uint8Array.of(2, 0, 0, 0, 0x68, 0x69, 0, 0, 0, 0));
    const string = wire('INPUT0', 'string', [1, 2], ['', '']);
    service.sharedMemory.register({ name: 'strings', key: '/in', offset: 0, byte_size: 10 });
    const request = requestOf([{ ...string, content: region('strings', 0, 10) }], {
      outputs: [toRegion(10)],
    });
    const { response } = await service.infer('simple_identity', '', request, callContext());
    expect(response.outputs[0]).toMatchObject({ shape: [1, 2], content: region('out', 4, 10) });
    expect([...readFileSync(join(folder, 'out')).subarray(12, 23)]).toEqual([
      2, 0, 0, 0, 0x68, 0x69, 0, 0, 0, 0, 0,
    ]);
    service.sharedMemory.unregister('');
  });
});
