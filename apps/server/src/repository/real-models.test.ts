import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues, type Tensors } from '@switchyard/core';
import { addModel, buildModel } from '@switchyard/onnx/testing';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ExecutorConfig, ModelExecutor } from '../execution/model-executor.ts';
import { openModelExecutor } from '../execution/open-model-executor.ts';
import { NOTHING, repositoryOf, until, type TestRepository } from './__fixtures__/repository-of.ts';
import type { ServedModel } from './model-repository.ts';

let runtime: Runtime;
let test: TestRepository | null = null;

beforeAll(async () => {
  runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
});

afterEach(async () => {
  await test?.[Symbol.asyncDispose]();
  test = null;
});

afterAll(() => runtime.close());

const openExecutor = (path: string, config: ExecutorConfig): Promise<ModelExecutor> =>
  openModelExecutor(runtime, path, config, { model: () => undefined });

/** `y = x + number`, on rows of two. */
const adds = (number: number): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'number'], outputs: ['y'] }],
    initializers: [{ name: 'number', dtype: 'float32', shape: [1], data: [number] }],
  });

const run = async (model: ServedModel, feeds: Tensors): Promise<Tensors> => {
  const { outputs } = await model.executor.run({
    feeds,
    outputs: null,
    rows: 1,
    priority: 0,
    queueTimeoutMicros: 0,
    deadline: null,
    signal: new AbortController().signal,
  });
  return outputs;
};

it('serves, warms and reloads on a real engine without a gap or a wrong answer', async () => {
  const warm = (kind: string): string => `inputs { key: "x" value { data_type: TYPE_FP32 dims: 2 ${kind} } }`;
  test = await repositoryOf(
    {
      'm/1/model.onnx': adds(1),
      'm/config.pbtxt': `
        max_batch_size: 4
        output { name: "y" label_filename: "labels.txt" }
        instance_group { kind: KIND_CPU }
        model_warmup { name: "zeros" batch_size: 4 ${warm('zero_data: true')} }
        model_warmup { name: "random" ${warm('random_data: true')} count: 2 }
        model_warmup { name: "file" ${warm('input_data_file: "pair"')} }
      `,
      'm/labels.txt': 'left\nright\n',
      'm/warmup/pair': new Uint8Array(8),
    },
    { openExecutor, control: { mode: 'watch', method: 'poll', intervalMs: 20, settleMs: 60 } },
  );
  const { repository, folder } = test;
  expect(repository.index(false)).toEqual([{ name: 'm', version: '1', state: 'READY' }]);
  expect(repository.find('m', '').executor.truth.backend).toBe('cpu');
  expect(repository.find('m', '').labels('y')).toEqual(['left', 'right']);

  let number = 1;
  let next = 1;
  const end = new AbortController();
  const client = (async () => {
    let answers = 0;
    while (!end.signal.aborted) {
      const lease = repository.lease('m', '');
      const low = number;
      const { y } = await run(lease.model, { x: makeTensor('float32', [1, 2], [0, 10]) });
      const [first, second] = tensorValues(y!) as number[];
      if (!(first! >= low && first! <= next) || second !== first! + 10)
        throw new Error(`It answered ${first} and ${second}.`);
      answers += 1;
      lease[Symbol.dispose]();
    }
    return answers;
  })();
  for (next = 2; next <= 5; next += 1) {
    const before = repository.find('m', '');
    await folder.write({ 'm/1/model.onnx': next % 2 === 0 ? 'no model' : addModel('float32', [3]) });
    await until('the broken files are refused', () => repository.index(false)[0]?.reason !== undefined);
    await folder.write({ 'm/1/model.onnx': adds(next) });
    await until('the new model serves', () => repository.find('m', '') !== before);
    number = next;
  }
  end.abort();
  expect(await client).toBeGreaterThan(4);
});

it('asks the engine for what the graph does not say of an output', async () => {
  const silent = buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
  });
  test = await repositoryOf(
    { 'm.onnx': silent, 'n/1/model.onnx': silent, 'n/config.pbtxt': 'max_batch_size: 4' },
    { openExecutor },
  );
  const { repository } = test;
  expect(repository.find('m', '').config).toMatchObject({
    max_batch_size: 0,
    output: [{ name: 'y', dims: [-1, 2] }],
  });
  expect(repository.find('n', '').config).toMatchObject({
    max_batch_size: 4,
    output: [{ name: 'y', dims: [2] }],
  });
});

it('says what the engine refuses, and what a warm-up that does not fit wants', async () => {
  const unknown = buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
    nodes: [{ op: 'NoSuchOperator', inputs: ['x'], outputs: ['y'] }],
  });
  test = await repositoryOf(
    {
      'operator/1/model.onnx': unknown,
      'gpu/1/model.onnx': adds(1),
      'gpu/config.pbtxt': 'instance_group { kind: KIND_GPU }',
      'warm/1/model.onnx': adds(1),
      'warm/config.pbtxt': 'model_warmup { inputs { key: "x" value { dims: 3 zero_data: true } } }',
      'file/1/model.onnx': adds(1),
      'file/config.pbtxt':
        'model_warmup { inputs { key: "x" value { dims: 2 input_data_file: "../config.pbtxt" } } }',
    },
    { openExecutor, control: { mode: 'explicit' } },
  );
  const { repository, folder } = test;
  const failure = async (name: string): Promise<string> => {
    const error = await repository.load(name, NOTHING).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).not.toContain(folder.path);
    return (error as Error).message;
  };
  expect(await failure('operator')).toMatch(
    /load failed for model 'operator': version 1 is at UNAVAILABLE state: .*NoSuchOperator/s,
  );
  // Exactly what was asked for, or nothing: there is no quiet move to the processor.
  expect(await failure('gpu')).toMatch(
    /load failed for model 'gpu': version 1 is at UNAVAILABLE state: .*cuda/s,
  );
  expect(await failure('warm')).toContain(
    "`model_warmup[0]` cannot be used: 'x' has dims [3], but the model has [2]",
  );
  expect(await failure('file')).toContain(
    "'warmup/../config.pbtxt' is no name of a file inside the model's folder",
  );
});
