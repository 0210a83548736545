import { makeTensor, tensorValues } from '@switchyard/core';
import { addModel, buildModel, ifModel, loopModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { openModel } from './__fixtures__/open-model.ts';

const ones = makeTensor('float32', [2], [1, 1]);

it('checks feeds and output names both ways', async () => {
  const session = await openModel(addModel());
  await expect(session.doRun({ a: ones })).rejects.toMatchObject({ code: 'input-missing', tensor: 'b' });
  await expect(session.doRun({ a: ones, b: ones, c: ones })).rejects.toMatchObject({ code: 'input-unknown' });
  await expect(session.doRun({ a: ones, b: makeTensor('int32', [2], [1, 1]) })).rejects.toMatchObject({
    code: 'input-dtype',
  });
  await expect(session.doRun({ a: ones, b: ones }, { outputs: ['Sum'] })).rejects.toMatchObject({
    code: 'output-unknown',
  });
});

it('computes only the outputs that are asked for, whatever they are called', async () => {
  const float = { dtype: 'float32', shape: ['n'] } as const;
  const session = await openModel(
    buildModel({
      inputs: [{ name: 'x', ...float }],
      outputs: [
        { name: '__proto__', ...float },
        { name: 'z', ...float },
      ],
      nodes: [
        { op: 'Neg', inputs: ['x'], outputs: ['__proto__'] },
        { op: 'Abs', inputs: ['__proto__'], outputs: ['z'] },
      ],
    }),
  );
  expect(Object.keys(await session.doRun({ x: ones }, { outputs: ['z'] }))).toEqual(['z']);
  // The engine itself collects results in a plain object, where this name is no key.
  await expect(session.doRun({ x: ones })).rejects.toMatchObject({
    code: 'run-failed',
    message: expect.stringMatching(/gave no `__proto__`/),
  });
});

it('runs both branches of an `If`', async () => {
  const session = await openModel(ifModel());
  const x = makeTensor('float32', [2], [-1, 2]);
  for (const [condition, expected] of [
    [true, [1, 3]],
    [false, [1, -2]],
  ] as const) {
    const { y } = await session.doRun({ condition: makeTensor('bool', [], [condition]), x });
    expect(tensorValues(y!)).toEqual(expected);
  }
});

it('keeps the sentence of the engine when a run fails, and goes on afterwards', async () => {
  const session = await openModel(addModel('float32', [null]));
  const error = await session
    .doRun({ a: ones, b: makeTensor('float32', [3], [1, 1, 1]) })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'run-failed', backend: 'wasm', cause: expect.any(Error) });
  expect((error as Error).message).toMatch(/Attempting to broadcast an axis.*2 by 3/);
  expect(tensorValues((await session.doRun({ a: ones, b: ones }))['sum']!)).toEqual([2, 2]);
});

it('lets a run in flight end, releases once, and is closed from the first call on', async () => {
  const session = await openModel(loopModel());
  const scalar = makeTensor('float32', [1], [1]);
  const feeds = { count: makeTensor('int64', [], [1000n]), start: scalar, step: scalar };
  const order: string[] = [];
  const running = session
    .doRun(feeds)
    .then(({ result }) => order.push(`run ${String(tensorValues(result!)[0])}`));
  const releasing = session[Symbol.asyncDispose]().then(() => order.push('release'));
  await expect(session.doRun(feeds)).rejects.toMatchObject({ code: 'session-closed', backend: 'wasm' });
  await Promise.all([running, releasing]);
  await session[Symbol.asyncDispose]();
  expect(order).toEqual(['run 1001', 'release']);
});

it('rejects what is aborted before it begins, and only that', async () => {
  const session = await openModel(addModel());
  const feeds = { a: ones, b: ones };
  const controller = new AbortController();
  const first = session.doRun(feeds);
  const second = session.doRun(feeds, { signal: controller.signal });
  const third = session.doRun(feeds);
  controller.abort(new Error('enough'));
  await expect(second).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') });
  expect(tensorValues((await first)['sum']!)).toEqual([2, 2]);
  expect(tensorValues((await third)['sum']!)).toEqual([2, 2]);
  await expect(session.doRun(feeds, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
});

it('keeps sessions that open and run at the same time apart', async () => {
  const counts = [3, 30, 300];
  const sessions = await Promise.all(counts.map(() => openModel(loopModel())));
  const scalar = makeTensor('float32', [1], [1]);
  const runs = Array.from({ length: 12 }, (_, index) => {
    const count = counts[index % 3]!;
    const feeds = { count: makeTensor('int64', [], [BigInt(count)]), start: scalar, step: scalar };
    return sessions[index % 3]!.doRun(feeds).then(({ result }) => tensorValues(result!)[0]);
  });
  expect(await Promise.all(runs)).toEqual([4, 31, 301, 4, 31, 301, 4, 31, 301, 4, 31, 301]);
});

it('gives memory back when a session is released', async () => {
  // 24 MB of weights each: together far more than the engine ever holds at once.
  const weights = new Float32Array(6_000_000);
  const model = buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
    nodes: [
      { op: 'Add', inputs: ['x', 'w'], outputs: ['sums'] },
      { op: 'ReduceMax', inputs: ['sums'], outputs: ['y'] },
    ],
    initializers: [{ name: 'w', dtype: 'float32', shape: [6_000_000], data: weights }],
  });
  const resident: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const session = await openModel(model);
    await session.doRun({ x: makeTensor('float32', [1], [1]) });
    await session[Symbol.asyncDispose]();
    resident.push(process.memoryUsage().rss);
  }
  // Were it not, 9 rounds would hold 216 MB of weights alone.
  expect(resident.at(-1)! - resident[2]!).toBeLessThan(150_000_000);
});

it('refuses another number of threads than the process has', async () => {
  const session = await openModel(addModel());
  await expect(openModel(addModel(), { intraOpThreads: 7 })).rejects.toMatchObject({
    code: 'invalid-value',
    message: expect.stringMatching(/cannot be 7 here: the first session.*isolation `process`/),
  });
  await session[Symbol.asyncDispose]();
});
