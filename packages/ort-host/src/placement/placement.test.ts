import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeTensor } from '@switchyard/core';
import { addModel, ifModel, loopModel, mlpModel } from '@switchyard/onnx/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openModel } from '../__fixtures__/open-model.ts';
import { ownTemporaryFolder } from './__fixtures__/own-temporary-folder.ts';

const temporary = ownTemporaryFolder();
afterEach(() => expect(temporary.leftByUs()).toEqual([]));
afterAll(() => temporary.remove());

const CPU = 'CPUExecutionProvider';
const condition = makeTensor('bool', [], [true]);
const x = makeTensor('float32', [2], [-1, 2]);

it('counts every node, those of branches included, without running the model', async () => {
  await using session = await openModel(ifModel());
  expect(await session.doPlacement()).toEqual({
    source: expect.stringMatching(/placement log.*all 4 nodes.*no inputs were given/),
    complete: true,
    providers: [{ name: CPU, nodes: 4, timeShare: null }],
    partitions: 1,
  });
});

it('measures with feeds, and says how many nodes did not run', async () => {
  await using session = await openModel(ifModel());
  expect(await session.doPlacement({ feeds: { condition, x } })).toEqual({
    source: expect.stringMatching(/all 4 nodes.*3 nodes ran, 1 did not/),
    complete: true,
    providers: [{ name: CPU, nodes: 4, timeShare: 1 }],
    partitions: 1,
  });
});

it('gives operators where it saw every node', async () => {
  await using session = await openModel(mlpModel());
  const feeds = { x: makeTensor('float32', [1, 4], [1, 2, 3, 4]) };
  const { providers } = await session.doPlacement({ feeds });
  expect(providers).toEqual([{ name: CPU, nodes: 2, timeShare: 1, operators: { FusedGemm: 1, Gemm: 1 } }]);
});

it('counts the body of a loop once', async () => {
  await using session = await openModel(loopModel());
  const scalar = makeTensor('float32', [1], [1]);
  const feeds = { count: makeTensor('int64', [], [50n]), start: scalar, step: scalar };
  const { providers, source } = await session.doPlacement({ feeds });
  const [cpu] = providers;
  expect(Object.values(cpu?.operators ?? {}).reduce((sum, count) => sum + count, 0)).toBe(cpu?.nodes);
  expect(source).not.toContain('did not');
});

it('checks the feeds, and refuses after release', async () => {
  const session = await openModel(ifModel());
  await expect(session.doPlacement({ feeds: { x } })).rejects.toMatchObject({ code: 'input-missing' });
  await session[Symbol.asyncDispose]();
  await expect(session.doPlacement()).rejects.toMatchObject({ code: 'session-closed' });
});

it('takes its turn among runs, and a release waits for it', async () => {
  const session = await openModel(ifModel());
  const order: string[] = [];
  const placing = session.doPlacement({ feeds: { condition, x } }).then(() => order.push('placement'));
  await session.doRun({ condition, x });
  await placing;
  await session[Symbol.asyncDispose]();
  expect(order).toEqual(['placement']);
});

describe('what can go wrong', () => {
  it('says so when the measured run fails, and leaves no profile behind', async () => {
    await using session = await openModel(addModel('float32', [null]));
    const feeds = { a: makeTensor('float32', [2], [1, 1]), b: makeTensor('float32', [3], [1, 1, 1]) };
    expect(await session.doPlacement({ feeds })).toMatchObject({
      source: expect.stringMatching(/Time was not measured: The profiled run failed: .*2 by 3/),
      complete: true,
      providers: [{ name: CPU, nodes: 1, timeShare: null }],
    });
  });

  it('keeps what is certain when the model is gone from the disk', async () => {
    const file = path.join(tmpdir(), `model-${process.pid}.onnx`);
    writeFileSync(file, ifModel());
    await using session = await openModel(file);
    rmSync(file);
    expect(await session.doPlacement({ feeds: { condition, x } })).toEqual({
      source: expect.stringMatching(
        /no provider but that of the CPU.*log could not be had.*did not open.*Time was not measured: The profiled run failed/,
      ),
      complete: true,
      providers: [{ name: CPU, nodes: null, timeShare: null }],
      partitions: null,
    });
  });

  it('says so when the bytes were given away', async () => {
    const bytes = ifModel();
    await using session = await openModel(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const { source } = await session.doPlacement();
    expect(source).toContain('The bytes of `test` are no longer there.');
  });
});

const MODELS = path.resolve(import.meta.dirname, '../../../../../shared/models');
const absent = existsSync(MODELS) ? '' : ' (skipped: there is no ../shared/models beside the repository)';

describe.skipIf(absent !== '')(`models of the real world${absent}`, () => {
  const image = { shape: [1, 3, 224, 224], size: 3 * 224 * 224 };
  it.each([
    ['light/light_resnet50.onnx', 'gpu_0/data_0', 123, 'Conv', 53],
    ['light/light_squeezenet.onnx', 'data_0', 65, 'Relu', 26],
    ['light/light_shufflenet.onnx', 'gpu_0/data_0', 154, 'Transpose', 16],
    ['light/light_inception_v1.onnx', 'data_0', 138, 'LRN', 2],
    ['light/light_densenet121.onnx', 'data_0', 491, 'Concat', 58],
  ])('%s is on the CPU as a whole', async (file, input, nodes, operator, count) => {
    // Beyond `basic`, how many nodes there are depends on the processor.
    await using session = await openModel(path.join(MODELS, file), { graphOptimization: 'basic' });
    const feeds = { [input]: makeTensor('float32', image.shape, new Float32Array(image.size)) };
    const placement = await session.doPlacement({ feeds });
    expect(placement).toMatchObject({ complete: true, partitions: 1 });
    expect(placement.providers).toEqual([
      { name: CPU, nodes, timeShare: 1, operators: expect.objectContaining({ [operator]: count }) },
    ]);
  });

  it('silero_vad_16k_op15.onnx has more nodes than run', async () => {
    await using session = await openModel(path.join(MODELS, 'silero-vad/silero_vad_16k_op15.onnx'), {
      graphOptimization: 'basic',
    });
    const feeds = {
      input: makeTensor('float32', [1, 576], new Float32Array(576)),
      state: makeTensor('float32', [2, 1, 128], new Float32Array(256)),
      sr: makeTensor('int64', [], [16_000n]),
    };
    const placement = await session.doPlacement({ feeds });
    expect(placement.providers).toEqual([{ name: CPU, nodes: 114, timeShare: 1 }]);
    expect(placement.source).toMatch(/64 nodes ran, 50 did not/);
  });
});
