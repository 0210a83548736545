import { rm, writeFile } from 'node:fs/promises';
import { makeTensor, tensorValues } from '@switchyard/core';
import { loopModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import {
  BATCHING,
  isAlive,
  openExecutor,
  requestOf,
  row,
  tagOf,
  until,
} from './__fixtures__/open-executor.ts';
import { ROWS } from './__fixtures__/rows-backend.ts';
import { DEFAULT_RECOVERY } from './circuit.ts';

describe('one bad request among others', () => {
  it.each([
    ['ends the process', ROWS.segfault, 'internal', "backend process for 'm' ended (signal SIGSEGV)"],
    ['makes the engine fail', ROWS.refuse, 'internal', 'Indices are out of bounds.'],
    ['never comes back', ROWS.loop, 'deadline', "model 'm' did not finish within its execution timeout"],
  ])('%s: it alone fails', async (_name, code, problem, message) => {
    await using opened = await openExecutor({ batching: BATCHING, executionTimeoutMs: 400 });
    const { executor } = opened;
    const settled = await Promise.allSettled(
      Array.from({ length: 6 }, (_, tag) => executor.run(row(tag === 3 ? code : ROWS.echo, tag))),
    );
    for (const [tag, one] of settled.entries()) {
      if (tag === 3) {
        expect(one).toMatchObject({ reason: { problem, message: expect.stringContaining(message) } });
      } else expect(one.status === 'fulfilled' ? tagOf(one.value) : one.reason).toBe(tag);
    }
    // Together once, then each alone, and not again.
    expect(
      opened
        .runs()
        .flat()
        .filter((tag) => tag === 3),
    ).toHaveLength(2);
    const { failures, infer } = executor.statistics.snapshot();
    expect(failures).toEqual({ REJECTED: 0, CANCELED: 0, BACKEND: 1, OTHER: 0 });
    expect(infer).toMatchObject({ success: { count: 5 }, fail: { count: 1 } });
    const ends = code === ROWS.refuse ? 0 : 2;
    await until(() => executor.health().state === 'ready');
    expect(executor.health().instances).toMatchObject([{ replaced: ends }]);
    expect(opened.events.filter(({ kind }) => kind === 'instance-ended')).toHaveLength(ends);
    expect(opened.events.filter(({ kind }) => kind === 'instance-restored')).toHaveLength(ends);
  });

  it('waits behind a session that is lost, and runs on the one that takes its place', async () => {
    const recovery = { ...DEFAULT_RECOVERY, backoffMs: 100, maxBackoffMs: 100 };
    await using opened = await openExecutor({ recovery });
    const { executor, events, log } = opened;
    await executor.run(row(ROWS.echo, 0));
    await writeFile(`${log}.broken`, '');
    const crash = executor.run(row(ROWS.segfault, 1));
    const behind = executor.run(row(ROWS.echo, 2));
    await expect(crash).rejects.toMatchObject({ problem: 'internal' });
    await until(() => events.some((event) => 'reason' in event && event.reason.includes('failed twice')));
    await rm(`${log}.broken`);
    expect(tagOf(await behind)).toBe(2);
    expect(opened.runs()).toEqual([[0], [1], [2]]);
  });

  it('what was handed over behind it and had not begun is not its concern', async () => {
    await using opened = await openExecutor();
    const { executor } = opened;
    // Runs are handed over ahead only once they are known to be short.
    await executor.run(row(ROWS.echo, 0));
    const settled = await Promise.allSettled([
      executor.run(row(ROWS.segfault, 1)),
      executor.run(row(ROWS.echo, 2)),
      executor.run(row(ROWS.echo, 3)),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(opened.runs()).toEqual([[0], [1], [2], [3]]);
  });

  it("feeds that do not fit are the client's fault", async () => {
    await using opened = await openExecutor();
    const feeds = { x: makeTensor('int32', [1, 3], [1, 2, 3]) };
    await expect(opened.executor.run(requestOf(feeds))).rejects.toMatchObject({
      problem: 'invalid-argument',
    });
    await expect(opened.executor.run(row(0, 1, { outputs: ['z'] }))).rejects.toMatchObject({
      problem: 'invalid-argument',
    });
  });
});

it('a Loop without end in ONNX Runtime: 504 after the execution timeout, and a new process', async () => {
  await using opened = await openExecutor({ executionTimeoutMs: 500, maxBatchSize: 0 }, loopModel());
  const { executor } = opened;
  const count = (times: bigint) =>
    requestOf({
      count: makeTensor('int64', [], [times]),
      start: makeTensor('float32', [1], [0]),
      step: makeTensor('float32', [1], [1]),
    });
  const pid = executor.health().instances[0]!.pid!;
  const hung = executor.run(count(2n ** 62n));
  const behind = executor.run(count(5n));
  await expect(hung).rejects.toMatchObject({ problem: 'deadline', httpStatus: 504 });
  expect(tensorValues((await behind).outputs['result']!)).toEqual([5]);
  await until(() => !isAlive(pid));
  expect(executor.health()).toMatchObject({ state: 'ready', instances: [{ replaced: 1 }] });
});

it('a process that is killed 20 times under load: every request is answered with its own tag', async () => {
  await using opened = await openExecutor({ batching: BATCHING, maxBatchSize: 8 });
  const { executor } = opened;
  const pids = new Set<number>();
  const state = { going: true, answers: 0, wrong: 0, failed: [] as string[] };
  const client = async (id: number): Promise<void> => {
    for (let round = 0; state.going; round += 1) {
      const tag = id * 1_000_000 + round;
      try {
        if (tagOf(await executor.run(row(ROWS.echo, tag))) !== tag) state.wrong += 1;
        state.answers += 1;
      } catch (error) {
        state.failed.push((error as Error).message);
      }
    }
  };
  const clients = Array.from({ length: 16 }, (_, id) => client(id));
  for (let kills = 0; kills < 20; kills += 1) {
    const before = state.answers;
    await until(() => state.answers > before + 50 && executor.health().instances[0]!.pid !== null);
    const pid = executor.health().instances[0]!.pid!;
    pids.add(pid);
    process.kill(pid, 'SIGKILL');
    await until(() => executor.health().instances[0]!.replaced === kills + 1);
  }
  const before = state.answers;
  await until(() => state.answers > before + 50);
  state.going = false;
  await Promise.all(clients);
  expect(pids.size).toBe(20);
  expect(state.wrong).toBe(0);
  // A request that was alone in its run when that was killed is not run twice.
  for (const message of state.failed) expect(message).toBe("backend process for 'm' ended (signal SIGKILL)");
  expect(state.failed.length).toBeLessThanOrEqual(40);
  expect(executor.health().state).toBe('ready');
  expect([...pids].filter((pid) => isAlive(pid))).toEqual([]);
}, 60_000);

it('a process that ends while nothing runs is replaced before anybody asks', async () => {
  await using opened = await openExecutor({ instances: 2 });
  const { executor } = opened;
  const pid = executor.health().instances[1]!.pid!;
  process.kill(pid, 'SIGKILL');
  await until(() => executor.health().state !== 'ready');
  expect(executor.health()).toMatchObject({
    state: 'recovering',
    reason: expect.stringContaining('1 of 2 instances'),
  });
  expect(tagOf(await executor.run(row(ROWS.echo, 1)))).toBe(1);
  await until(() => executor.health().state === 'ready');
  expect(executor.health().instances.map(({ replaced }) => replaced)).toEqual([0, 1]);
  expect(opened.events.map(({ kind }) => kind)).toEqual(['instance-ended', 'instance-restored']);
});

describe('the circuit', () => {
  const recovery = {
    ...DEFAULT_RECOVERY,
    maxEnds: 3,
    coolDownMs: 300,
    maxCoolDownMs: 1000,
    backoffMs: 5,
    maxBackoffMs: 10,
  };

  it('opens when processes end in vain, tries one after a while, and closes when that starts', async () => {
    await using opened = await openExecutor({ recovery, instances: 2 });
    const { executor, events, log } = opened;
    await writeFile(`${log}.broken`, '');
    // Both, so that what waits has nowhere to go.
    for (const { pid } of executor.health().instances) process.kill(pid!, 'SIGKILL');
    await until(() => executor.health().instances.every(({ pid }) => pid === null));
    const waiting = executor.run(row(ROWS.echo, 1));
    const refused = await waiting.catch((error: unknown) => error);
    expect(refused).toMatchObject({
      problem: 'unavailable',
      message: expect.stringContaining("model 'm' is not available: its process"),
    });
    expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(executor.health()).toMatchObject({ state: 'failed', reason: expect.stringContaining('SIGKILL') });
    await expect(executor.run(row(ROWS.echo, 2))).rejects.toMatchObject({ problem: 'unavailable' });
    // The attempt after the pause fails too, and the next one is told that it may.
    const opens = () => events.filter(({ kind }) => kind === 'circuit-open').length;
    await until(() => opens() === 2);
    await rm(`${log}.broken`);
    await until(() => executor.health().state === 'ready');
    expect(events.some(({ kind }) => kind === 'circuit-closed')).toBe(true);
    expect((await Promise.all([3, 4].map((tag) => executor.run(row(ROWS.echo, tag))))).map(tagOf)).toEqual([
      3, 4,
    ]);
    expect(opened.runs()).toHaveLength(2);
  });

  it('opens when every request ends its process, and not when some are answered', async () => {
    await using opened = await openExecutor({ recovery: { ...recovery, coolDownMs: 60_000 } });
    const { executor } = opened;
    for (let round = 0; round < 4; round += 1) {
      expect(tagOf(await executor.run(row(ROWS.echo, round)))).toBe(round);
      await expect(executor.run(row(ROWS.segfault, round))).rejects.toMatchObject({ problem: 'internal' });
    }
    await until(() => executor.health().state === 'ready');
    for (let round = 0; round < 3; round += 1) {
      await expect(executor.run(row(ROWS.segfault, round))).rejects.toMatchObject({ problem: 'internal' });
    }
    expect(executor.health().state).toBe('failed');
    await expect(executor.run(row(ROWS.echo, 9))).rejects.toMatchObject({
      problem: 'unavailable',
      retryAfterSeconds: 60,
    });
  });

  it('does not keep a disposal waiting', async () => {
    const opened = await openExecutor({ recovery: { ...recovery, coolDownMs: 60_000 } });
    const { executor, log } = opened;
    await writeFile(`${log}.broken`, '');
    process.kill(executor.health().instances[0]!.pid!, 'SIGKILL');
    await until(() => executor.health().instances[0]!.pid === null);
    const waiting = executor.run(row(ROWS.echo, 1));
    const disposal = opened[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ problem: 'unavailable' });
    await disposal;
  });
});
