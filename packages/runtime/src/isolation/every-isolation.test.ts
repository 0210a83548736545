import { createCpuBackend } from '@switchyard/backend-cpu';
import { DTYPES, makeTensor, tensorValues, type DType, type Tensor, type Tensors } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { loopModel, mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { createEchoBackend } from './__fixtures__/echo-backend.ts';
import { createFaultBackend, FAULTS } from './__fixtures__/fault-backend.ts';
import { fault, ISOLATIONS, openFixture, pattern } from './__fixtures__/open-fixture.ts';
import { openIsolated } from './open-isolated.ts';

const MEGABYTES_6 = 6 * 1024 * 1024;

function sample(dtype: DType): Tensor {
  if (dtype === 'string') return makeTensor('string', [3], ['', 'Grüße, 世界 🚂', 'a\0b']);
  if (dtype === 'bool') return makeTensor('bool', [3], [true, false, true]);
  if (dtype === 'int64') return makeTensor('int64', [3], [-(2n ** 63n), 0n, 2n ** 63n - 1n]);
  if (dtype === 'uint64') return makeTensor('uint64', [3], [0n, 1n, 2n ** 64n - 1n]);
  return makeTensor(dtype, [3], dtype.startsWith('u') ? [0, 1, 15] : [-8, 0, 7]);
}

async function openCpu(isolation: (typeof ISOLATIONS)[number], bytes: Uint8Array) {
  const backend = createCpuBackend();
  const [device] = await backend.doDevices({ host: hostFactsOf() });
  const context = { device: device!, options: { intraOpThreads: 1 } };
  return openIsolated(backend, isolation, { bytes, name: 'model' }, context);
}

describe.each(ISOLATIONS)('%s', (isolation) => {
  it.each(DTYPES)('%s comes back as it went', async (dtype) => {
    await using session = await openFixture(createEchoBackend(dtype), isolation);
    const x = sample(dtype);
    const { y } = await session.doRun({ x });
    expect(y!.dtype).toBe(dtype);
    expect(y!.shape).toEqual([3]);
    expect(tensorValues(y!)).toEqual(tensorValues(x));
    const empty = makeTensor(dtype, [0], []);
    expect(await session.doRun({ x: empty })).toEqual({ y: empty });
  });

  it('scalars, and dimensions of 0 among others', async () => {
    await using scalar = await openFixture(createEchoBackend('float32', 0), isolation);
    expect(tensorValues((await scalar.doRun({ x: makeTensor('float32', [], [2.5]) }))['y']!)).toEqual([2.5]);
    await using cube = await openFixture(createEchoBackend('string', 3), isolation);
    const hollow = makeTensor('string', [2, 0, 3], []);
    expect(await cube.doRun({ x: hollow })).toEqual({ y: hollow });
  });

  it('6 MiB, larger and smaller in turn, also into memory that is given', async () => {
    await using session = await openFixture(createEchoBackend('uint8'), isolation);
    for (const length of [MEGABYTES_6, 20 * 1024 * 1024, 5, 70_000, MEGABYTES_6]) {
      const bytes = pattern(length);
      const into = new Uint8Array(length);
      const given: Tensors = { x: { dtype: 'uint8', shape: [length], bytes } };
      const results = await Promise.all([session.doRun(given), session.doRun(given, { into: { y: into } })]);
      for (const { y } of results) {
        expect(y!.shape).toEqual([length]);
        expect(Buffer.compare((y as { bytes: Uint8Array }).bytes, bytes)).toBe(0);
      }
      expect(Buffer.compare(into, bytes)).toBe(0);
      // What the caller gave is still the caller's.
      expect(bytes.byteLength).toBe(length);
    }
    const wrong = session.doRun({ x: makeTensor('uint8', [2], [1, 2]) }, { into: { y: new Uint8Array(3) } });
    await expect(wrong).rejects.toMatchObject({ code: 'output-unwritable', tensor: 'y' });
  });

  it('long strings', async () => {
    await using session = await openFixture(createEchoBackend('string'), isolation);
    const x = makeTensor('string', [2], ['x'.repeat(200_000), 'ü'.repeat(100_000)]);
    expect(await session.doRun({ x })).toEqual({ y: x });
  });

  it('views of one buffer', async () => {
    await using session = await openFixture(createEchoBackend('uint8'), isolation);
    const whole = new Uint8Array([1, 2, 3, 4, 5]);
    const x: Tensor = { dtype: 'uint8', shape: [3], bytes: whole.subarray(1, 4) };
    for (const transfer of [false, true]) {
      expect(tensorValues((await session.doRun({ x }, { transfer }))['y']!)).toEqual([2, 3, 4]);
    }
  });

  it('the real engine computes the same, says where, and is released once', async () => {
    await using inline = await openCpu('inline', mlpModel());
    const session = await openCpu(isolation, mlpModel());
    const x = makeTensor('float32', [2, 4], [1, -2, 3, -4, 0.5, 0.25, 0, 9]);
    const [own, other] = await Promise.all([inline.doRun({ x }), session.doRun({ x }, { outputs: ['y'] })]);
    expect(other).toEqual(own);
    expect(await session.doPlacement()).toEqual(await inline.doPlacement());
    expect(session.executionProviders).toEqual(['CPUExecutionProvider']);
    expect(session.isolation.kind).toBe(isolation);
    await expect(session.doRun({})).rejects.toMatchObject({ code: 'input-missing', tensor: 'x' });
    await expect(session.doRun({ x }, { outputs: ['z'] })).rejects.toMatchObject({ code: 'output-unknown' });
    const running = session.doRun({ x });
    await Promise.all([session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()]);
    expect(await running).toEqual(own);
    await expect(session.doRun({ x })).rejects.toMatchObject({ code: 'session-closed' });
  });

  it('what the engine refuses has the same class and code', async () => {
    const opening = openCpu(isolation, mlpModel().subarray(0, 50));
    await expect(opening).rejects.toMatchObject({ name: 'ModelError', code: 'model-invalid' });
  });
});

describe('a run of the real engine that takes long', () => {
  const feeds = (count: number): Tensors => ({
    count: makeTensor('int64', [], [count]),
    start: makeTensor('float32', [1], [0]),
    step: makeTensor('float32', [1], [1]),
  });

  it('in a process: it is ended, what waits behind it is not', async () => {
    await using session = await openCpu('process', loopModel());
    const endless = session.doRun(feeds(Number.MAX_SAFE_INTEGER), { timeoutMs: 200 });
    const behind = session.doRun(feeds(3));
    await expect(endless).rejects.toMatchObject({ name: 'ExecutionError', code: 'timed-out' });
    expect(tensorValues((await behind)['result']!)).toEqual([3]);
    expect(session.isolation.replaced).toBe(1);
  });

  it.each(['thread', 'process'] as const)(
    '%s: the event loop of the caller turns meanwhile',
    async (isolation) => {
      await using session = await openCpu(isolation, loopModel());
      let turns = 0;
      const state = { done: false };
      const run = session.doRun(feeds(300_000)).finally(() => (state.done = true));
      while (!state.done) {
        turns += 1;
        await new Promise((next) => setTimeout(next, 1));
      }
      await run;
      // Inline, the engine holds the loop from its first turn to the result.
      expect(turns).toBeGreaterThan(5);
    },
  );

  it('in a thread: the caller is free at once, the thread goes on, closing waits for it', async () => {
    await using session = await openCpu('thread', loopModel());
    const controller = new AbortController();
    const given = session.doRun(feeds(200_000), { signal: controller.signal });
    const waiting = session.doRun(feeds(200_000), { signal: controller.signal });
    const behind = session.doRun(feeds(2));
    setTimeout(() => controller.abort(), 20);
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    expect(tensorValues((await behind)['result']!)).toEqual([2]);
    expect(session.isolation.replaced).toBe(0);
  });
});

it('a thread takes what the caller gives away', async () => {
  await using session = await openFixture(createEchoBackend('uint8'), 'thread');
  const bytes = new Uint8Array([1, 2, 3]);
  const { y } = await session.doRun({ x: { dtype: 'uint8', shape: [3], bytes } }, { transfer: true });
  expect(tensorValues(y!)).toEqual([1, 2, 3]);
  expect(bytes.byteLength).toBe(0);
});

it('a thread that exits by itself is replaced', async () => {
  await using session = await openFixture(createFaultBackend(), 'thread');
  await expect(session.doRun(fault(FAULTS.exitZero))).rejects.toMatchObject({ code: 'run-failed' });
  expect(tensorValues((await session.doRun(fault(0, 1)))['y']!)).toEqual([0, 1]);
  expect(session.isolation).toMatchObject({ replaced: 1 });
});

it('many calls at once are answered in their order', async () => {
  for (const isolation of ['thread', 'process'] as const) {
    await using session = await openFixture(createEchoBackend('int32'), isolation);
    const order: number[] = [];
    const calls = Array.from({ length: 500 }, (_, index) =>
      session.doRun({ x: makeTensor('int32', [1], [index]) }).then(({ y }) => {
        order.push(index);
        return tensorValues(y!)[0];
      }),
    );
    const expected = Array.from({ length: 500 }, (_, index) => index);
    expect(await Promise.all(calls)).toEqual(expected);
    expect(order).toEqual(expected);
  }
});

it('a placement with feeds reaches the backend', async () => {
  for (const isolation of ISOLATIONS) {
    await using session = await openFixture(createFaultBackend(), isolation);
    expect((await session.doPlacement()).source).toBe('none');
    expect((await session.doPlacement({ feeds: fault(0) })).source).toBe('measured');
  }
});
