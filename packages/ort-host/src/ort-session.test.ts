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

it('computes only the outputs that are asked for', async () => {
  const float = { dtype: 'float32', shape: ['n'] } as const;
  const session = await openModel(
    buildModel({
      inputs: [{ name: 'x', ...float }],
      outputs: [
        { name: 'y', ...float },
        { name: 'z', ...float },
      ],
      nodes: [
        { op: 'Neg', inputs: ['x'], outputs: ['y'] },
        { op: 'Abs', inputs: ['y'], outputs: ['z'] },
      ],
    }),
  );
  expect(Object.keys(await session.doRun({ x: ones }))).toEqual(['y', 'z']);
  expect(Object.keys(await session.doRun({ x: ones }, { outputs: ['z'] }))).toEqual(['z']);
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
  expect(error).toMatchObject({ code: 'run-failed', backend: 'cpu', cause: expect.any(Error) });
  expect((error as Error).message).toMatch(/running Add node.*2 by 3/);
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
  await expect(session.doRun(feeds)).rejects.toMatchObject({ code: 'session-closed', backend: 'cpu' });
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
