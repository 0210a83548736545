import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError, ExecutionError, ModelError, TensorError, tensorValues } from '@switchyard/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFaultBackend, FAULTS } from './__fixtures__/fault-backend.ts';
import { fault, isAlive, openFixture, sharedFolders, until } from './__fixtures__/open-fixture.ts';
import type { IsolatedSession, IsolationEvent } from './isolated-session.ts';

// Every fault happens beside another session, which has to go on as if nothing had been.

let bystander: IsolatedSession;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-faults-'));
  bystander = await openFixture(createFaultBackend(), 'process');
});
afterEach(async () => {
  expect(tensorValues((await bystander.doRun(fault(0, 42)))['y']!)).toEqual([0, 42]);
  expect(bystander.isolation.replaced).toBe(0);
});
afterAll(async () => {
  await bystander[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
  expect(sharedFolders(process.pid)).toEqual([]);
});

const open = (options = {}, tell?: (event: IsolationEvent) => void) =>
  openFixture(createFaultBackend(), 'process', options, tell === undefined ? {} : { tell });

async function expectAlive(session: IsolatedSession): Promise<void> {
  expect(tensorValues((await session.doRun(fault(0, 7)))['y']!)).toEqual([0, 7]);
}

describe('a process that ends in mid-run', () => {
  it.each([
    ['segfaults', FAULTS.segfault, 'ended with signal SIGSEGV'],
    ['aborts', FAULTS.abort, 'ended with signal SIGABRT'],
    ['exits 0', FAULTS.exitZero, 'exited with status 0'],
  ])('%s: the run rejects, the others are run by the next process', async (_name, code, words) => {
    await using session = await open();
    const before = session.isolation.pid;
    const runs = [
      session.doRun(fault(0, 1)),
      session.doRun(fault(code)),
      session.doRun(fault(0, 2)),
      session.doRun(fault(0, 3)),
    ];
    const [first, second, third, fourth] = await Promise.allSettled(runs);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'run-failed', backend: 'fault', message: expect.stringContaining(words) },
    });
    expect(ExecutionError.isInstance((second as PromiseRejectedResult).reason)).toBe(true);
    expect(third).toMatchObject({ status: 'fulfilled' });
    expect(fourth).toMatchObject({ status: 'fulfilled' });
    expect(session.isolation).toMatchObject({ replaced: 1, notes: [expect.stringContaining(words)] });
    expect(session.isolation.pid).not.toBe(before);
  });

  it('names what it said on standard error', async () => {
    await using session = await open();
    await expect(session.doRun(fault(FAULTS.stderrThenAbort))).rejects.toMatchObject({
      message: expect.stringContaining('The driver is on fire.'),
    });
  });

  it('while nothing runs: the next run starts another one', async () => {
    await using session = await open();
    process.kill(session.isolation.pid!, 'SIGKILL');
    await until(() => session.isolation.pid === null);
    await expectAlive(session);
    expect(session.isolation.replaced).toBe(1);
  });

  it('at every reopening: the session is broken, and says why', async () => {
    const log = join(folder, 'reopen.log');
    await using session = await openFixture(createFaultBackend(log, 2), 'process');
    const [crashed, waiting] = await Promise.allSettled([
      session.doRun(fault(FAULTS.segfault)),
      session.doRun(fault(0)),
    ]);
    expect(crashed).toMatchObject({ reason: { code: 'run-failed' } });
    expect(waiting).toMatchObject({
      reason: { code: 'engine-failed', message: expect.stringContaining('ended with signal SIGKILL') },
    });
    await expect(session.doRun(fault(0))).rejects.toMatchObject({ code: 'engine-failed' });
    expect(readFileSync(log, 'utf8')).toBe('open\nopen\nopen\n');
  });
});

describe('a model whose files are other ones', () => {
  it('does not take the place of the one that was opened', async () => {
    let answers: (string | null)[] = [null, null];
    const checkModel = async (): Promise<void> => {
      const answer = answers.shift() ?? null;
      if (answer !== null) throw new Error(answer);
    };
    await using session = await openFixture(createFaultBackend(), 'process', {}, { checkModel });
    await expect(session.doRun(fault(FAULTS.segfault))).rejects.toMatchObject({ code: 'run-failed' });
    // Before and after it was opened again.
    await expectAlive(session);
    expect(answers).toEqual([]);
    answers = [null, 'It changed while it was read.', null, null];
    await expect(session.doRun(fault(FAULTS.segfault))).rejects.toMatchObject({ code: 'run-failed' });
    await expectAlive(session);
    expect(session.isolation.replaced).toBe(2);
    answers = ['It is another one.', 'It still is.'];
    const [, waiting] = await Promise.allSettled([
      session.doRun(fault(FAULTS.segfault)),
      session.doRun(fault(0)),
    ]);
    expect(waiting).toMatchObject({
      reason: { code: 'engine-failed', message: expect.stringContaining('It still is.') },
    });
  });
});

describe('who opened the model is told', () => {
  const how = 'ended with signal SIGSEGV';

  it('of an end in mid-run, and of what took its place', async () => {
    const events: IsolationEvent[] = [];
    await using session = await open({}, (event) => events.push(event));
    await expect(session.doRun(fault(FAULTS.segfault))).rejects.toMatchObject({ hostEnd: how });
    await expectAlive(session);
    expect(events).toEqual([
      { kind: 'ended', how, evidence: null, intended: false, reopening: true },
      { kind: 'replaced' },
    ]);
  });

  it('of an end while nothing runs: nothing is started yet', async () => {
    const events: IsolationEvent[] = [];
    await using session = await open({}, (event) => events.push(event));
    process.kill(session.isolation.pid!, 'SIGKILL');
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ kind: 'ended', intended: false, reopening: false }]);
  });

  it('of a run that was given up', async () => {
    const events: IsolationEvent[] = [];
    await using session = await open({}, (event) => events.push(event));
    const failure = await session
      .doRun(fault(FAULTS.loop), { timeoutMs: 50 })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'timed-out', hostEnd: null });
    await until(() => events.length > 1);
    expect(events).toMatchObject([{ kind: 'ended', intended: true, reopening: true }, { kind: 'replaced' }]);
  });

  it('of a session that is lost', async () => {
    const events: IsolationEvent[] = [];
    const log = join(folder, 'lost.log');
    const tell = (event: IsolationEvent): void => {
      events.push(event);
    };
    await using session = await openFixture(createFaultBackend(log, 2), 'process', {}, { tell });
    await expect(session.doRun(fault(FAULTS.segfault))).rejects.toMatchObject({ hostEnd: how });
    await until(() => events.length > 1);
    expect(events[1]).toMatchObject({ kind: 'lost', reason: expect.stringContaining('failed twice') });
  });
});

describe('a run that takes too long', () => {
  it.each([
    ['loops for ever', FAULTS.loop],
    ['is in native code', FAULTS.block],
  ])('%s: the process goes, the run is `timed-out`', async (_name, code) => {
    await using session = await open();
    const pid = session.isolation.pid!;
    const long = session.doRun(fault(code, 60_000), { timeoutMs: 150 });
    const behind = session.doRun(fault(0, 5));
    await expect(long).rejects.toMatchObject({ code: 'timed-out' });
    expect(tensorValues((await behind)['y']!)).toEqual([0, 5]);
    await until(() => !isAlive(pid));
  });

  it('is stopped (SIGSTOP)', async () => {
    await using session = await open();
    const pid = session.isolation.pid!;
    process.kill(pid, 'SIGSTOP');
    await expect(session.doRun(fault(0), { timeoutMs: 150 })).rejects.toMatchObject({ code: 'timed-out' });
    await until(() => !isAlive(pid));
    await expectAlive(session);
  });

  it('waits: it rejects at once, and is never run', async () => {
    await using session = await open();
    const controller = new AbortController();
    const running = session.doRun(fault(FAULTS.block, 400));
    const waiting = session.doRun(fault(FAULTS.segfault), { signal: controller.signal });
    const behind = session.doRun(fault(0, 9));
    controller.abort(new Error('not needed'));
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', cause: { message: 'not needed' } });
    expect(await Promise.race([running.then(() => 'done'), Promise.resolve('running')])).toBe('running');
    await running;
    expect(tensorValues((await behind)['y']!)).toEqual([0, 9]);
    // Had it begun, it would have ended its process.
    expect(session.isolation.notes.join()).not.toContain('SIGSEGV');
  });

  it('waits in the process and is not skippable: it rejects at once, and the others are answered', async () => {
    await using session = await open();
    const controller = new AbortController();
    const first = session.doRun(fault(0, 1));
    const second = session.doRun(fault(0, 2), { signal: controller.signal, skippable: false });
    const third = session.doRun(fault(0, 3));
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    expect(tensorValues((await first)['y']!)).toEqual([0, 1]);
    expect(tensorValues((await third)['y']!)).toEqual([0, 3]);
    expect(session.isolation.replaced).toBe(0);
  });

  it('a signal that is aborted already, and a time that is none', async () => {
    await using session = await open();
    await expect(session.doRun(fault(0), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(session.doRun(fault(0), { timeoutMs: 0 })).rejects.toMatchObject({ code: 'invalid-value' });
  });

  it('two at once', async () => {
    await using session = await open();
    const controller = new AbortController();
    const { signal } = controller;
    const runs = [1, 2].map(() => session.doRun(fault(FAULTS.block, 60_000), { signal }));
    const kept = session.doRun(fault(0, 3));
    setTimeout(() => controller.abort(), 50);
    for (const run of runs) await expect(run).rejects.toMatchObject({ code: 'aborted' });
    expect(tensorValues((await kept)['y']!)).toEqual([0, 3]);
    expect(session.isolation.replaced).toBe(1);
  });
});

it.skipIf(process.platform !== 'linux')('fills its memory limit (on Linux)', async () => {
  await using session = await open({ maxRssBytes: 300 * 1024 * 1024 });
  await expect(session.doRun(fault(FAULTS.fillMemory))).rejects.toMatchObject({
    code: 'run-failed',
    message: expect.stringContaining('bytes of memory'),
  });
  await expectAlive(session);
});

it('writes junk to standard output: nothing comes of it', async () => {
  await using session = await open();
  expect(tensorValues((await session.doRun(fault(FAULTS.junkOnStdout)))['y']!)).toEqual([
    FAULTS.junkOnStdout,
    0,
  ]);
  expect(session.isolation.replaced).toBe(0);
});

it('writes junk into the connection: it is ended and reported', async () => {
  await using session = await open();
  await expect(session.doRun(fault(FAULTS.junkOnConnection))).rejects.toMatchObject({
    code: 'run-failed',
    message: expect.stringContaining('broke the protocol'),
  });
  await expectAlive(session);
});

describe('opening', () => {
  it('an error of the model arrives as itself', async () => {
    const failure = await open({ name: 'bad' }).catch((error: unknown) => error);
    expect(ModelError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({
      code: 'model-invalid',
      message: 'It is bad. Take a good one.',
      remedy: 'Take a good one.',
      model: 'bad',
    });
  });

  it('a crash is `probe-crashed`, with the signal', async () => {
    const failure = await open({ name: 'crash' }).catch((error: unknown) => error);
    expect(EngineError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ code: 'probe-crashed', message: expect.stringContaining('SIGSEGV') });
  });

  it('can be aborted', async () => {
    const controller = new AbortController();
    const opening = open({ name: 'never', signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
  });
});

it('errors of a run arrive as themselves, anything else as `plugin-bug`', async () => {
  await using session = await open();
  const own = await session.doRun(fault(FAULTS.throwTensorError)).catch((error: unknown) => error);
  expect(TensorError.isInstance(own)).toBe(true);
  expect(own).toMatchObject({ code: 'input-value', tensor: 'x', message: 'A value is wrong. Change it.' });
  const other = await session.doRun(fault(FAULTS.throwPlain)).catch((error: unknown) => error);
  expect(other).toMatchObject({ code: 'plugin-bug', message: expect.stringContaining('Something else.') });
  await expect(session.doRun(fault(FAULTS.noResult))).rejects.toMatchObject({ code: 'plugin-bug' });
  expect(session.isolation.replaced).toBe(0);
});

it('closing waits for what runs, happens once, and ends the process and its memory', async () => {
  const session = await open();
  const pid = session.isolation.pid!;
  const run = session.doRun(fault(FAULTS.block, 200));
  const closing = [session[Symbol.asyncDispose](), session[Symbol.asyncDispose]()];
  await expect(session.doRun(fault(0))).rejects.toMatchObject({ code: 'session-closed' });
  await Promise.all(closing);
  expect(tensorValues((await run)['y']!)).toEqual([FAULTS.block, 200]);
  expect(isAlive(pid)).toBe(false);
});
