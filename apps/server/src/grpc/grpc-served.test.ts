import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import type { WireTensor } from '@switchyard/open-inference';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { protocolModels, writeModelRepository } from '../__fixtures__/models.ts';
import { openModelExecutor } from '../execution/open-model-executor.ts';
import { createMemoryBudget } from '../operation/memory-budget.ts';
import { createModelRepository } from '../repository/create-model-repository.ts';
import type { ModelRepository } from '../repository/model-repository.ts';
import { createInferenceService } from '../service/create-inference-service.ts';
import type { InferenceService } from '../service/inference-service.ts';
import { grpcBench } from './__fixtures__/grpc-bench.ts';

let folder: string;
let runtime: Runtime;
let repository: ModelRepository;
let service: InferenceService;
const memory = createMemoryBudget(1_000_000);
const observer = { inference: () => {}, model: () => {} };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-grpc-'));
  await writeModelRepository(folder, protocolModels());
  runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  repository = createModelRepository({
    sources: [folder],
    control: { mode: 'explicit', load: ['simple', 'simple_string'] },
    overrides: 'files',
    openExecutor: (path, config) => openModelExecutor(runtime, path, config, observer),
  });
  await repository.start();
  service = createInferenceService({
    repository,
    observer,
    name: 'triton',
    version: '1',
    limits: { maxBodyBytes: 1_000_000, maxResponseBytes: 1_000_000 },
    memory,
    sharedMemory: false,
    traceHooks: null,
    logHooks: null,
  });
}, 120_000);
afterAll(async () => {
  await repository[Symbol.asyncDispose]();
  await runtime.close();
  rmSync(folder, { recursive: true });
});

function int32(name: string, values: readonly number[], rows = 1): WireTensor {
  return {
    name,
    datatype: 'INT32',
    shape: [rows, 16],
    content: { kind: 'bytes', bytes: new Uint8Array(Int32Array.from(values).buffer) },
    parameters: new Map(),
  };
}

function int32Of(tensor: WireTensor | undefined): number[] {
  if (tensor?.content.kind !== 'bytes') throw new Error('There are no raw contents.');
  return [...new Int32Array(tensor.content.bytes.slice().buffer)];
}

const ascending = Array.from({ length: 16 }, (_, index) => index);
const ones = ascending.map(() => 1);
const inputs = [int32('INPUT0', ascending), int32('INPUT1', ones)];

test('a model is computed for a call and for every message of a stream, each with its own values', async () => {
  await using bench = await grpcBench({ service, memory });
  const client = bench.client();
  const { code, response, trailers } = await client.infer('simple', { id: 'one', inputs });
  expect(code).toBe(0);
  expect(response).toMatchObject({ id: 'one', modelName: 'simple', modelVersion: '1' });
  expect(int32Of(response!.outputs[0])).toEqual(ascending.map((value) => value + 1));
  expect(int32Of(response!.outputs[1])).toEqual(ascending.map((value) => value - 1));
  expect(trailers.get('switchyard-backend')).toEqual(['cpu']);

  const stream = client.stream();
  for (let tag = 0; tag < 20; tag += 1) {
    stream.send('simple', {
      id: String(tag),
      inputs: [
        inputs[0]!,
        int32(
          'INPUT1',
          ascending.map(() => tag),
        ),
      ],
    });
  }
  const seen = new Set<string>();
  for (let count = 0; count < 20; count += 1) {
    const { errorMessage, response: answer } = await stream.next();
    expect(errorMessage).toBe('');
    seen.add(answer!.id);
    expect(int32Of(answer!.outputs[0])).toEqual(ascending.map((value) => value + Number(answer!.id)));
  }
  expect(seen.size).toBe(20);
  stream.call.end();
  expect((await stream.ended).code).toBe(0);
  await vi.waitFor(() => expect([memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

test('a message that cannot be understood is counted, once', async () => {
  await using bench = await grpcBench({ service, memory });
  const { statistics } = repository.find('simple', '').executor;
  const before = statistics.snapshot();
  const short = { ...inputs[0]!, content: { kind: 'bytes', bytes: new Uint8Array(3) } } as const;
  expect((await bench.client().infer('simple', { inputs: [short, inputs[1]!] })).code).toBe(3);
  const after = statistics.snapshot();
  expect(after.infer.fail.count - before.infer.fail.count).toBe(1);
  expect(after.failures.OTHER - before.failures.OTHER).toBe(1);
});

test('metadata, configuration, statistics, index, unload and load are those of the models', async () => {
  await using bench = await grpcBench({ service, memory });
  const client = bench.client();
  expect((await client.ask('ModelMetadata', { name: 'simple' })).response).toMatchObject({
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] }, { name: 'INPUT1' }],
    properties: { backend: 'cpu' },
  });
  expect((await client.ask('ModelConfig', { name: 'simple' })).response).toMatchObject({
    config: { name: 'simple', max_batch_size: 8, input: [{ data_type: 'TYPE_INT32' }, {}] },
  });
  await client.infer('simple', { inputs });
  const statistics = (await client.ask('ModelStatistics', { name: 'simple' })).response;
  expect(statistics).toMatchObject({ model_stats: [{ name: 'simple', version: '1' }] });
  expect(statistics).not.toMatchObject({ model_stats: [{ inference_count: 0 }] });
  expect((await client.ask('RepositoryIndex', { ready: true })).response).toMatchObject({
    models: [{ name: 'simple', state: 'READY' }, { name: 'simple_string' }],
  });
  expect((await client.ask('RepositoryModelUnload', { model_name: 'simple_string' })).code).toBe(0);
  await vi.waitFor(async () =>
    expect((await client.ask('ModelMetadata', { name: 'simple_string' })).code).toBe(5),
  );
  expect((await client.ask('RepositoryModelLoad', { model_name: 'simple_string' })).code).toBe(0);
  expect((await client.ask('ModelReady', { name: 'simple_string' })).response).toEqual({ ready: true });
  expect(await client.ask('RepositoryModelLoad', { model_name: 'nobody' })).toMatchObject({
    code: 3,
    details: expect.stringContaining('failed to load'),
  });
});

test('refusals are those of the service', async () => {
  await using bench = await grpcBench({ service, memory });
  const client = bench.client();
  expect(await client.infer('nobody', { inputs })).toMatchObject({
    code: 5,
    details: expect.stringContaining("Request for unknown model: 'nobody'"),
  });
  expect(await client.infer('simple', { inputs: [inputs[0]!] })).toMatchObject({
    code: 3,
    details: expect.stringContaining("expected 2 inputs but got 1 inputs for model 'simple'"),
  });
  const registered = await client.ask('SystemSharedMemoryRegister', { name: 'r', key: '/k', byte_size: 8 });
  expect(registered.code).toBe(12);
  expect(bench.unexpected).toEqual([]);
  await vi.waitFor(() => expect([memory.used(), bench.server.calls()]).toEqual([0, 0]));
});
