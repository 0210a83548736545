import { readdirSync } from 'node:fs';
import { makeTensor, tensorValues } from '@switchyard/core';
import { buildModel, mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import {
  BATCHING,
  isAlive,
  openExecutor,
  QUEUE,
  requestOf,
  row,
  tagOf,
  until,
} from './__fixtures__/open-executor.ts';
import { ROWS } from './__fixtures__/rows-backend.ts';

describe('batches', () => {
  it.each([
    [8, 6],
    [7, 1],
  ])('on a CPU rows of 8 bytes are joined up to %d bytes of a row', async (maxRowBytes, batchSize) => {
    await using opened = await openExecutor({ batching: { ...BATCHING, maxRowBytes } });
    const { executor } = opened;
    const wide = { x: makeTensor('int32', [2, 2], [0, 1, 0, 1]) };
    const results = await Promise.all([
      ...Array.from({ length: 4 }, (_, tag) => executor.run(row(ROWS.echo, tag))),
      executor.run(requestOf(wide, { rows: 2 })),
    ]);
    expect(results.slice(0, 4).map(tagOf)).toEqual([0, 1, 2, 3]);
    expect(results.slice(0, 4).map((result) => result.batchSize)).toEqual([0, 1, 2, 3].map(() => batchSize));
    expect(results[4]!.batchSize).toBe(Math.max(2, batchSize));
  });

  it('every request of several hundred at once gets its own rows', async () => {
    await using opened = await openExecutor({ batching: BATCHING, maxBatchSize: 16, instances: 2 });
    const { executor } = opened;
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, tag) => {
        const rows = 1 + (tag % 3);
        const values = Array.from({ length: rows }, (_each, at) => [0, tag * 10 + at]).flat();
        const feeds = { x: makeTensor('int32', [rows, 2], values) };
        const { outputs, batchSize } = await executor.run(requestOf(feeds, { rows }));
        expect(outputs['y']!.shape).toEqual([rows, 2]);
        expect(tensorValues(outputs['y']!)).toEqual(values);
        expect(outputs['wide']!.shape).toEqual([rows, 4]);
        expect(tensorValues(outputs['wide']!)[1]).toBe(tag * 10);
        return batchSize;
      }),
    );
    expect(Math.max(...answers)).toBeGreaterThan(1);
    expect(Math.max(...answers)).toBeLessThanOrEqual(16);
    const { inferenceCount, executionCount, infer, batches } = executor.statistics.snapshot();
    expect(inferenceCount).toBe(600);
    expect(executionCount).toBe(opened.runs().length);
    expect(executionCount).toBeLessThan(300);
    expect(infer.success.count).toBe(300);
    expect(infer.queue.count).toBe(300);
    expect(batches.reduce((sum, batch) => sum + batch.compute_infer.count, 0)).toBe(executionCount);
    expect(executor.pending()).toBe(0);
  });

  it('only requests of one shape run together; those of another are not mixed in', async () => {
    const model = buildModel({
      name: 'identity',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 'width'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 'width'] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    });
    await using opened = await openExecutor({ batching: BATCHING, maxBatchSize: 32 }, model);
    const results = await Promise.all(
      Array.from({ length: 30 }, async (_, tag) => {
        const width = 1 + (tag % 3);
        const values = Array.from({ length: width }, (_each, at) => tag + at / 4);
        const { outputs, batchSize } = await opened.executor.run(
          requestOf({ x: makeTensor('float32', [1, width], values) }),
        );
        expect(outputs['y']!.shape).toEqual([1, width]);
        expect(tensorValues(outputs['y']!)).toEqual(values);
        return batchSize;
      }),
    );
    expect(results).toEqual(Array.from({ length: 30 }, () => 10));
  });

  it('strings too, and only the outputs that each asked for', async () => {
    const value = (name: string) => ({ name, dtype: 'string', shape: ['n', 2] }) as const;
    const model = buildModel({
      name: 'strings',
      inputs: [value('x')],
      outputs: [value('y'), value('z')],
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: ['y'] },
        { op: 'Identity', inputs: ['x'], outputs: ['z'] },
      ],
    });
    await using opened = await openExecutor({ batching: BATCHING }, model);
    const asked = [['y'], ['z'], ['z', 'y'], null];
    const results = await Promise.all(
      asked.map((outputs, tag) =>
        opened.executor.run(requestOf({ x: makeTensor('string', [1, 2], [`ü${tag}`, '']) }, { outputs })),
      ),
    );
    for (const [tag, { outputs, batchSize }] of results.entries()) {
      expect(batchSize).toBe(4);
      expect(Object.keys(outputs).toSorted()).toEqual((asked[tag] ?? ['y', 'z']).toSorted());
      for (const tensor of Object.values(outputs)) expect(tensorValues(tensor)).toEqual([`ü${tag}`, '']);
    }
  });

  it('wait for company as long as they may, and go when a preferred size is reached', async () => {
    const batching = { preferredSizes: [3], maxDelayMicros: 60_000_000, preserveOrdering: false };
    await using opened = await openExecutor({ batching });
    const { executor } = opened;
    const first = [1, 2].map((tag) => executor.run(row(ROWS.echo, tag)));
    await new Promise((next) => setTimeout(next, 30));
    expect(opened.runs()).toEqual([]);
    const third = executor.run(row(ROWS.echo, 3));
    expect((await Promise.all([...first, third])).map(tagOf)).toEqual([1, 2, 3]);
    expect(opened.runs()).toEqual([[1, 2, 3]]);
  });

  it('a delay ends the waiting', async () => {
    const batching = { ...BATCHING, maxDelayMicros: 5000 };
    await using opened = await openExecutor({ batching });
    const { times, batchSize } = await opened.executor.run(row(ROWS.echo, 1));
    expect(batchSize).toBe(1);
    expect(times.queueNs).toBeGreaterThan(4_000_000);
  });

  it('an answer that is no row for row turns them off, and each request gets the answer of its own run', async () => {
    await using opened = await openExecutor({ batching: BATCHING });
    const { executor, events } = opened;
    const requests = [row(ROWS.oneRow, 7), row(ROWS.echo, 8), row(ROWS.echo, 9)];
    const answers = await Promise.all(requests.map((request) => executor.run(request)));
    expect(answers.map(tagOf)).toEqual([7, 8, 9]);
    expect(opened.runs()).toEqual([[7, 8, 9], [7], [8], [9]]);
    expect(events).toMatchObject([{ kind: 'batching-off', reason: expect.stringContaining("model 'm'") }]);
    await Promise.all([4, 5].map((tag) => executor.run(row(ROWS.echo, tag))));
    expect(opened.runs().slice(4)).toEqual([[4], [5]]);
  });

  it('answers keep the order of the requests where that is wanted', async () => {
    await using opened = await openExecutor({
      batching: { ...BATCHING, preserveOrdering: true },
      maxBatchSize: 2,
      instances: 2,
    });
    const { executor } = opened;
    const order: number[] = [];
    const slow = executor.run(row(ROWS.block, 200)).then((answer) => order.push(tagOf(answer)));
    await until(() => opened.runs().length === 1);
    const quick = executor.run(row(ROWS.echo, 1)).then((answer) => order.push(tagOf(answer)));
    await Promise.all([slow, quick]);
    expect(order).toEqual([200, 1]);
  });
});

describe('the queue', () => {
  /** Holds the only instance, so that everything else waits. */
  const blocked = async (
    changes: Parameters<typeof openExecutor>[0],
  ): Promise<{ opened: Awaited<ReturnType<typeof openExecutor>>; holding: Promise<unknown> }> => {
    const opened = await openExecutor(changes);
    const holding = opened.executor.run(row(ROWS.block, 300));
    await until(() => opened.runs().length === 1);
    return { opened, holding };
  };

  it('serves by priority, then by age', async () => {
    const { opened, holding } = await blocked({ priorityLevels: 3, defaultPriority: 2 });
    await using _ = opened;
    const priorities = [0, 3, 1, 2, 1, 9];
    await Promise.all([
      holding,
      ...priorities.map((priority, tag) => opened.executor.run(row(ROWS.echo, tag, { priority }))),
    ]);
    expect(opened.runs().slice(1).flat()).toEqual([2, 4, 0, 3, 5, 1]);
  });

  it('is bounded by level', async () => {
    const queueByPriority = new Map([[1, { ...QUEUE, maxSize: 1 }]]);
    const { opened, holding } = await blocked({
      priorityLevels: 2,
      defaultPriority: 2,
      queue: { ...QUEUE, maxSize: 2 },
      queueByPriority,
    });
    await using _ = opened;
    const { executor } = opened;
    const settled = await Promise.allSettled(
      [2, 2, 2, 1, 1].map((priority, tag) => executor.run(row(ROWS.echo, tag, { priority }))),
    );
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    const refused = settled.filter(({ status }) => status === 'rejected');
    for (const one of refused) {
      expect(one).toMatchObject({
        reason: { problem: 'unavailable', message: 'Exceeds maximum queue size' },
      });
      const { retryAfterSeconds } = (one as PromiseRejectedResult).reason as { retryAfterSeconds: number };
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    await holding;
    expect(executor.statistics.snapshot().failures.REJECTED).toBe(2);
  });

  it('refuses who waited too long, and a request may only shorten that', async () => {
    const { opened, holding } = await blocked({ queue: { ...QUEUE, timeoutMicros: 100_000 } });
    await using _ = opened;
    const { executor } = opened;
    const order: string[] = [];
    const wait = (name: string, queueTimeoutMicros: number) =>
      executor
        .run(row(ROWS.echo, 1, { queueTimeoutMicros }))
        .catch((error: unknown) => order.push(`${name}: ${(error as Error).message}`));
    await Promise.all([wait('default', 0), wait('shorter', 20_000), wait('longer', 60_000_000)]);
    expect(order).toEqual([
      'shorter: Request timeout expired',
      'default: Request timeout expired',
      'longer: Request timeout expired',
    ]);
    await holding;
    expect(opened.runs()).toHaveLength(1);
  });

  it('drops who has no time left, waiting or running', async () => {
    const { opened, holding } = await blocked({});
    await using _ = opened;
    const { executor } = opened;
    const deadline = performance.now() + 40;
    await expect(executor.run(row(ROWS.echo, 1, { deadline }))).rejects.toMatchObject({
      problem: 'deadline',
    });
    await expect(executor.run(row(ROWS.echo, 2, { deadline }))).rejects.toMatchObject({
      problem: 'deadline',
    });
    await holding;
    const running = executor.run(row(ROWS.block, 200, { deadline: performance.now() + 40 }));
    await expect(running).rejects.toMatchObject({ problem: 'deadline' });
    expect(executor.health().instances).toMatchObject([{ busy: true, replaced: 0 }]);
    expect(tagOf(await executor.run(row(ROWS.echo, 3)))).toBe(3);
    expect(opened.runs()).toEqual([[300], [200], [3]]);
  });

  it('drops at once who is not wanted any more', async () => {
    const { opened, holding } = await blocked({ queue: { ...QUEUE, maxSize: 1 } });
    await using _ = opened;
    const { executor } = opened;
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = executor.run(row(ROWS.echo, 1, { signal }));
    expect(executor.pending()).toBe(2);
    controller.abort();
    expect(executor.pending()).toBe(1);
    await expect(waiting).rejects.toMatchObject({ problem: 'cancelled' });
    await expect(executor.run(row(ROWS.echo, 2, { signal }))).rejects.toMatchObject({ problem: 'cancelled' });
    expect(tagOf(await executor.run(row(ROWS.echo, 3)))).toBe(3);
    await holding;
    expect(opened.runs()).toEqual([[300], [3]]);
    expect(executor.statistics.snapshot().failures.CANCELED).toBe(2);
  });

  it('lets a cancelled run come to its end, and drops its result', async () => {
    await using opened = await openExecutor({ cacheBytes: 1_000_000 });
    const { executor } = opened;
    const controller = new AbortController();
    const running = executor.run(row(ROWS.block, 100, { signal: controller.signal }));
    await until(() => opened.runs().length === 1);
    controller.abort();
    await expect(running).rejects.toMatchObject({ problem: 'cancelled' });
    expect(executor.health()).toMatchObject({ state: 'ready', instances: [{ replaced: 0, busy: false }] });
  });
});

it('answers from its cache what was asked before, and nothing else', async () => {
  await using opened = await openExecutor({ cacheBytes: 1_000_000, batching: BATCHING });
  const { executor } = opened;
  const ask = (tag: number, outputs: readonly string[] | null = null) =>
    executor.run(row(ROWS.echo, tag, { outputs }));
  expect(await ask(1)).toMatchObject({ cached: 'miss' });
  const hit = await ask(1);
  expect(hit.cached).toBe('hit');
  expect(tagOf(hit)).toBe(1);
  expect(await ask(2)).toMatchObject({ cached: 'miss' });
  expect(Object.keys((await ask(1, ['y'])).outputs)).toEqual(['y']);
  expect(opened.runs()).toEqual([[1], [2], [1]]);
  const { infer, inferenceCount, executionCount } = executor.statistics.snapshot();
  expect(infer).toMatchObject({ success: { count: 4 }, cache_hit: { count: 1 }, cache_miss: { count: 3 } });
  expect({ inferenceCount, executionCount }).toEqual({ inferenceCount: 3, executionCount: 3 });
});

it('warms every instance before it takes requests; a warm-up that fails is a failed opening', async () => {
  const warmup = (code: number) => [
    { name: 'first', count: 3, feeds: { x: makeTensor('int32', [1, 2], [code, 77]) } },
  ];
  await using opened = await openExecutor({ warmup: warmup(ROWS.echo), instances: 2 });
  expect(opened.runs()).toEqual(Array.from({ length: 6 }, () => [77]));
  expect(opened.executor.statistics.snapshot().executionCount).toBe(0);
  await expect(openExecutor({ warmup: warmup(ROWS.refuse) })).rejects.toMatchObject({ code: 'run-failed' });
});

it('says what runs the model, and how much memory that takes', async () => {
  await using one = await openExecutor({ instances: 2 }, mlpModel());
  const { truth, selection } = one.executor;
  expect(truth).toMatchObject({
    backend: 'cpu',
    device: { id: 'cpu' },
    executionProviders: ['CPUExecutionProvider'],
    fallback: null,
  });
  expect(truth.reason).not.toBe('');
  expect(selection.outcome).toBe('selected');
  const pids = one.executor.health().instances.map(({ pid }) => pid);
  expect(new Set(pids).size).toBe(2);
  const bytes = one.executor.residentBytes();
  if (process.platform === 'linux') expect(bytes).toBeGreaterThan(20_000_000);
  else expect(bytes).toBeNull();
});

it.runIf(process.platform === 'linux')(
  'divides cores between instances, unless threads were set',
  async () => {
    const threads = async (changes: Parameters<typeof openExecutor>[0]): Promise<number[]> => {
      await using opened = await openExecutor({ instances: 2, ...changes }, mlpModel());
      const { instances } = opened.executor.health();
      return instances.map(({ pid }) => readdirSync(`/proc/${pid}/task`).length);
    };
    const [one, other] = await threads({ threadShare: 2 });
    expect(other).toBe(one);
    expect(await threads({ threadShare: 13 })).toEqual([one! + 5, one! + 5]);
    expect(await threads({ threadShare: 13, open: { options: { intraOpThreads: 1 } } })).toEqual([one, one]);
  },
);

describe('disposal', () => {
  it('takes nothing new, answers everything that was taken, and leaves no process', async () => {
    const opened = await openExecutor({ batching: BATCHING, maxBatchSize: 2, instances: 2 });
    const { executor } = opened;
    const pids = executor.health().instances.map(({ pid }) => pid!);
    const runs = Array.from({ length: 20 }, (_, tag) => executor.run(row(ROWS.echo, tag)));
    const disposals = [opened[Symbol.asyncDispose](), executor[Symbol.asyncDispose]()];
    await expect(executor.run(row(ROWS.echo, 99))).rejects.toMatchObject({ problem: 'unavailable' });
    expect((await Promise.all(runs)).map(tagOf)).toEqual(runs.map((_, tag) => tag));
    await Promise.all(disposals);
    await until(() => !pids.some((pid) => isAlive(pid)));
    expect(executor.pending()).toBe(0);
  });

  it('is cut short by a signal: what runs and waits is rejected, and its process ended', async () => {
    await using opened = await openExecutor();
    const { executor } = opened;
    const pid = executor.health().instances[0]!.pid!;
    const runs = [row(ROWS.loop, 1), row(ROWS.echo, 2)].map((request) => executor.run(request));
    const settled = Promise.allSettled(runs);
    await until(() => opened.runs().length === 1);
    await executor.close!(AbortSignal.timeout(50));
    for (const one of await settled) {
      expect(one).toMatchObject({ status: 'rejected', reason: { problem: 'unavailable' } });
    }
    await until(() => !isAlive(pid));
    expect(executor.health().instances).toMatchObject([{ pid: null }]);
  });
});
