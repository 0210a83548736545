import { expect, test } from 'vitest';
import { grpcBench } from './__fixtures__/grpc-bench.ts';

test('every unary call answers from the service', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const ask = async (method: string, request: unknown = {}): Promise<unknown> => {
    const { code, details, response } = await client.ask(method, request);
    expect({ method, code, details }).toEqual({ method, code: 0, details: '' });
    return response;
  };
  expect(await ask('ServerLive')).toEqual({ live: true });
  expect(await ask('ServerReady')).toEqual({ ready: true });
  expect(await ask('ModelReady', { name: 'echo' })).toEqual({ ready: true });
  expect(await ask('ModelReady', { name: 'held' })).toEqual({ ready: false });
  expect(await ask('ServerMetadata')).toEqual({
    name: 'switchyard',
    version: '0',
    extensions: ['statistics'],
  });
  expect(await ask('ModelMetadata', { name: 'echo' })).toMatchObject({
    name: 'echo',
    versions: ['1'],
    inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
    properties: { backend: 'cpu' },
  });
  expect(await ask('ModelConfig', { name: 'echo' })).toMatchObject({
    config: {
      name: 'echo',
      max_batch_size: 8,
      input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [4] }],
      version_policy: { latest: { num_versions: 1 } },
      instance_group: [{ count: 1, kind: 'KIND_CPU' }],
      parameters: { device: { string_value: 'cpu' } },
    },
  });
  expect(await ask('ModelStatistics', { name: 'echo' })).toMatchObject({
    model_stats: [
      {
        name: 'echo',
        inference_count: 8,
        inference_stats: { success: { count: 1, ns: 5 }, fail: { count: 0, ns: 0 } },
        batch_stats: [{ batch_size: 8, compute_infer: { count: 1, ns: 4 } }],
        memory_usage: [{ type: 'CPU', byte_size: 4096 }],
      },
    ],
  });
  expect(await ask('RepositoryIndex')).toEqual({
    models: [
      { name: 'echo', version: '1', state: 'READY', reason: '' },
      { name: 'never', version: '', state: '', reason: '' },
    ],
  });
  expect(await ask('RepositoryIndex', { ready: true })).toMatchObject({ models: [{ name: 'echo' }] });
});

test('load and unload hand over every kind of parameter, also from callers that speak as KServe', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const parameters = {
    config: { string_param: '{"max_batch_size":4}' },
    'file:1/model.onnx': { bytes_param: Buffer.from([1, 2, 3]) },
  };
  expect((await client.ask('RepositoryModelLoad', { model_name: 'm', parameters })).code).toBe(0);
  expect((await client.ask('RepositoryModelLoad', { repository_name: 'kserve' })).code).toBe(0);
  const unload = { model_name: 'm', parameters: { unload_dependents: { bool_param: true } } };
  expect((await client.ask('RepositoryModelUnload', unload)).code).toBe(0);
  expect(bench.service.told).toEqual([
    [
      'load',
      'm',
      new Map<string, unknown>([
        ['config', '{"max_batch_size":4}'],
        ['file:1/model.onnx', Buffer.from([1, 2, 3])],
      ]),
    ],
    ['load', 'kserve', new Map()],
    ['unload', 'm', new Map([['unload_dependents', true]])],
  ]);
  const twice = await client.ask('RepositoryModelLoad', { repository_name: 'r', model_name: 'm' });
  expect(twice).toMatchObject({ code: 12, details: "'repository_name' specification is not supported" });
  expect(await client.ask('RepositoryIndex', { repository_name: 'r' })).toMatchObject({ code: 12 });
  const empty = await client.ask('RepositoryModelLoad', { model_name: 'm', parameters: { config: {} } });
  expect(empty).toMatchObject({ code: 3, details: "parameter 'config' has no value." });
});

test('shared memory of the system is the service’s, and that of CUDA is declined', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const region = { name: 'r', key: '/k', offset: 8, byte_size: 64 };
  expect((await client.ask('SystemSharedMemoryRegister', region)).code).toBe(0);
  expect(await client.ask('SystemSharedMemoryRegister', region)).toMatchObject({
    code: 6,
    details: "region 'r' is registered already",
  });
  expect((await client.ask('SystemSharedMemoryStatus')).response).toEqual({ regions: { r: region } });
  expect((await client.ask('SystemSharedMemoryUnregister')).code).toBe(0);
  expect((await client.ask('SystemSharedMemoryStatus')).response).toEqual({ regions: {} });
  expect((await client.ask('CudaSharedMemoryUnregister')).code).toBe(0);
  expect((await client.ask('CudaSharedMemoryUnregister', { name: 'r' })).code).toBe(12);
  expect((await client.ask('CudaSharedMemoryStatus')).code).toBe(12);
  expect((await client.ask('CudaSharedMemoryRegister', { name: 'r' })).code).toBe(12);
});

test('settings of traces and logs are read without changes and changed with them', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  expect((await client.ask('TraceSetting', { model_name: 'echo' })).response).toEqual({
    settings: { trace_level: { value: ['TIMESTAMPS'] }, trace_rate: { value: ['1000'] } },
  });
  const changes = {
    trace_rate: { value: ['7'] },
    trace_level: { value: ['OFF'] },
    trace_count: { value: [] },
    ['__proto__']: { value: ['x'] },
  };
  expect((await client.ask('TraceSetting', { settings: changes })).response).toEqual({
    settings: { trace_level: { value: ['OFF'] }, trace_rate: { value: ['7'] } },
  });
  expect(bench.service.told[0]).toEqual(['trace', 'echo']);
  expect(bench.service.told[1]).toMatchObject([
    'trace',
    '',
    { trace_rate: '7', trace_level: ['OFF'], trace_count: null },
  ]);
  expect((await client.ask('LogSettings')).response).toMatchObject({
    settings: { log_info: { bool_param: true }, log_verbose_level: { uint32_param: 0 } },
  });
  expect(bench.service.told).toHaveLength(2);
  const log = { log_info: { bool_param: false }, log_verbose_level: { uint32_param: 3 } };
  expect((await client.ask('LogSettings', { settings: log })).response).toMatchObject({
    settings: { log_format: { string_param: 'ISO8601' } },
  });
  expect(bench.service.told[2]).toEqual(['log', { log_info: false, log_verbose_level: 3 }]);
});

test('a version that is none is refused in the words of Triton, by every call that takes one', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  for (const version of ['v1', '-1', '0', '1.0', ' 1', '1 ']) {
    for (const method of ['ModelReady', 'ModelMetadata', 'ModelConfig', 'ModelStatistics']) {
      expect(await client.ask(method, { name: 'echo', version })).toMatchObject({
        code: 3,
        details: `failed to get model version from specified version string '${version}' (details: not a positive integer), version should be an integral value > 0`,
      });
    }
  }
});

test('what is no message of the call is INVALID_ARGUMENT', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  // A length beyond the end, and groups inside groups deeper than a stack.
  for (const bytes of [Buffer.from([0x0a, 0xff]), Buffer.alloc(1_000_000, 0x0b)]) {
    expect(await client.ask('ModelInfer', bytes)).toMatchObject({ code: 3 });
    expect(await client.bytes('/inference.GRPCInferenceService/ModelReady', bytes)).toMatchObject({
      code: 3,
      details: 'The message cannot be read as the one of this call.',
    });
    expect(await client.bytes('/grpc.health.v1.Health/Check', bytes)).toMatchObject({ code: 3 });
  }
  expect(await client.bytes('/inference.GRPCInferenceService/Nothing', Buffer.alloc(0))).toMatchObject({
    code: 12,
  });
  expect(bench.unexpected).toEqual([]);
  expect(bench.memory.used()).toBe(0);
});

test('reflection lists the services and hands out their descriptors', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  // `list_services: ""` and `file_containing_symbol`, by hand.
  const symbol = Buffer.from('inference.GRPCInferenceService');
  for (const version of ['v1', 'v1alpha']) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const [services, file] = await client.exchange(path, [
      Buffer.from([0x3a, 0x00]),
      Buffer.concat([Buffer.from([0x22, symbol.byteLength]), symbol]),
    ]);
    expect(services!.toString('latin1')).toContain('inference.GRPCInferenceService');
    expect(services!.toString('latin1')).toContain('grpc.health.v1.Health');
    expect(file!.toString('latin1')).toContain('ModelStreamInfer');
  }
  expect(bench.memory.used()).toBe(0);
});
