import { tensorValues } from '@switchyard/core';
import { expect, it } from 'vitest';
import { createFaultBackend } from './__fixtures__/fault-backend.ts';
import { fault, isAlive, openFixture, until } from './__fixtures__/open-fixture.ts';
import { startSpareProcess, type SpareProcess } from './spare-process.ts';

const open = (spareProcess: SpareProcess) => openFixture(createFaultBackend(), 'process', { spareProcess });

it('runs the first session that gets a process of its own, and no other', async () => {
  const spare = await startSpareProcess();
  await using first = await open(spare);
  expect(first.isolation.pid).toBe(spare.pid);
  await using second = await open(spare);
  expect(second.isolation.pid).not.toBe(spare.pid);
  // It is the session's now.
  spare.end();
  expect(tensorValues((await first.doRun(fault(0, 7)))['y']!)).toEqual([0, 7]);
  expect(first.isolation.replaced).toBe(0);
});

it('is replaced like any other process when it ends in mid-session', async () => {
  const spare = await startSpareProcess();
  await using session = await open(spare);
  process.kill(spare.pid!, 'SIGKILL');
  await until(() => session.isolation.pid !== spare.pid);
  expect(tensorValues((await session.doRun(fault(0, 8)))['y']!)).toEqual([0, 8]);
});

it('is passed over when it has gone before it was wanted', async () => {
  const spare = await startSpareProcess();
  process.kill(spare.pid!, 'SIGKILL');
  await until(() => !isAlive(spare.pid!));
  await using session = await open(spare);
  expect(session.isolation.pid).not.toBe(spare.pid);
  expect(tensorValues((await session.doRun(fault(0, 9)))['y']!)).toEqual([0, 9]);
});

it('ends when nobody wanted it', async () => {
  const spare = await startSpareProcess();
  spare.end();
  expect(spare.take()).toBeNull();
  await until(() => !isAlive(spare.pid!));
});
