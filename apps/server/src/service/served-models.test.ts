import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { ProtocolError } from '@switchyard/open-inference';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifierModel, identityOf, protocolModels, writeModelRepository } from '../__fixtures__/models.ts';
import { openModelExecutor } from '../execution/open-model-executor.ts';
import { createMemoryBudget } from '../operation/memory-budget.ts';
import { createModelRepository } from '../repository/create-model-repository.ts';
import type { ModelRepository } from '../repository/model-repository.ts';
import { callContext, keepRecords, requestOf, wire } from './__fixtures__/requests.ts';
import { createInferenceService } from './create-inference-service.ts';
import type { InferenceService } from './inference-service.ts';

let folder: string;
let runtime: Runtime;
let repository: ModelRepository;
let service: InferenceService;
const observer = keepRecords();
const sixteen = Array.from({ length: 16 }, (_, index) => index);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-served-'));
  await writeModelRepository(folder, [...protocolModels(), classifierModel(), identityOf('float32')]);
  runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  repository = createModelRepository({
    sources: [folder],
    control: { mode: 'explicit', load: ['*'] },
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
    memory: createMemoryBudget(1_000_000),
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

const pair = (rows: number) => {
  const values = Array.from({ length: rows * 16 }, (_, index) => index);
  return ['INPUT0', 'INPUT1'].map((name) => wire(name, 'int32', [rows, 16], values));
};

test('a repository as Triton keeps it is served as it is', () => {
  expect(service.ready()).toBe(true);
  expect(service.repositoryIndex(true).map(({ name, version, state }) => [name, version, state])).toEqual(
    [
      'classifier',
      'identity_float32',
      'simple',
      'simple_identity',
      'simple_int8',
      'simple_sequence_free',
      'simple_string',
    ].map((name) => [name, '1', 'READY']),
  );
  expect(service.modelMetadata('simple', '')).toMatchObject({
    versions: ['1'],
    platform: 'onnxruntime_onnx',
    inputs: [
      { name: 'INPUT0', datatype: 'INT32', shape: [-1, 16] },
      { name: 'INPUT1', datatype: 'INT32', shape: [-1, 16] },
    ],
    properties: { backend: 'cpu', execution_provider: 'CPUExecutionProvider', fallback: 'none' },
  });
  expect(service.modelMetadata('simple_identity', '').inputs).toEqual([
    { name: 'INPUT0', datatype: 'BYTES', shape: [-1, -1] },
  ]);
  expect(service.modelMetadata('identity_float32', '').outputs).toEqual([
    { name: 'y', datatype: 'FP32', shape: [-1, -1] },
  ]);
  expect(service.rawInput('classifier', '')).toEqual({ name: 'x', datatype: 'FP32', shape: [1, 64] });
});

test('requests are answered, and counted once', async () => {
  const answers = await Promise.all(
    [1, 2, 8].map((rows) => service.infer('simple', '', requestOf(pair(rows)), callContext())),
  );
  for (const [index, { response, truth }] of answers.entries()) {
    const rows = [1, 2, 8][index]!;
    expect(truth.backend).toBe('cpu');
    expect(response.outputs).toEqual([
      wire(
        'OUTPUT0',
        'int32',
        [rows, 16],
        Array.from({ length: rows * 16 }, (_, at) => at * 2),
      ),
      wire('OUTPUT1', 'int32', [rows, 16], Array(rows * 16).fill(0)),
    ]);
  }
  await expect(service.infer('simple', '', requestOf([]), callContext())).rejects.toThrow(
    'expected 2 inputs',
  );
  const [statistics] = service.statistics('simple', '1');
  expect(statistics).toMatchObject({
    inference_count: 11,
    inference_stats: { success: { count: 3 }, fail: { count: 1 } },
  });
  expect(statistics!.memory_usage[0]!.byte_size).toBeGreaterThan(1_000_000);
  expect(observer.records.map(({ failure }) => failure)).toEqual([null, null, null, 'OTHER']);
});

test('an empty batch is answered with an empty one', async () => {
  const { response } = await service.infer('simple', '', requestOf(pair(0)), callContext());
  expect(response.outputs.map(({ shape }) => shape)).toEqual([
    [0, 16],
    [0, 16],
  ]);
});

test('strings pass through a process', async () => {
  const words = (name: string) => wire(name, 'string', [1, 16], sixteen.map(String));
  const { response } = await service.infer(
    'simple_string',
    '',
    requestOf([words('INPUT0'), words('INPUT1')]),
    callContext(),
  );
  expect(response.outputs[0]).toEqual(
    wire(
      'OUTPUT0',
      'string',
      [1, 16],
      sixteen.map((value) => String(value * 2)),
    ),
  );
});

test('names that no model can have are not loaded, and an unloaded model is not ready', async () => {
  const refused = async (name: string): Promise<string> => {
    const error: unknown = await service.load(name, new Map()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as ProtocolError).message;
  };
  expect(await refused('')).toBe('Model name cannot be empty. Please enter a valid name to deploy.');
  expect(await refused('../simple')).toMatch(
    /invalid model name '\.\.\/simple', model name must not contain path traversal characters$/,
  );
  expect(await refused('nobody')).toMatch(/failed to load 'nobody'.*load failed for model 'nobody'/);
  await service.unload('simple_int8', new Map());
  expect(service.modelReady('simple_int8', '')).toBe(false);
  await service.load('simple_int8', new Map());
  expect(service.modelReady('simple_int8', '')).toBe(true);
});
