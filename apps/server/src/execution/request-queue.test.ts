import { describe, expect, it } from 'vitest';
import { QUEUE, row } from './__fixtures__/open-executor.ts';
import type { ExecutionRequest, QueuePolicy } from './model-executor.ts';
import { QueueEntry } from './queue-entry.ts';
import { RequestQueue } from './request-queue.ts';

const entry = (tag: number, since: number, changes: Partial<ExecutionRequest> = {}): QueueEntry =>
  new QueueEntry(
    row(0, tag, changes),
    since,
    null,
    () => {},
    () => {},
  );
const queueOf = (policy: Partial<QueuePolicy>, priorityLevels = 0): RequestQueue =>
  new RequestQueue({
    priorityLevels,
    defaultPriority: 1,
    queue: { ...QUEUE, ...policy },
    queueByPriority: new Map(),
  });

function all(queue: RequestQueue): readonly QueueEntry[] {
  const entries: QueueEntry[] = [];
  for (let one = queue.first(); one !== null; one = queue.after(one)) entries.push(one);
  expect(entries).toHaveLength(queue.size);
  return entries;
}

describe('who waited too long', () => {
  it('goes behind the others of his level, and waits there without limit', () => {
    const queue = queueOf({ timeoutMicros: 10_000, timeoutAction: 'DELAY' }, 2);
    const [early, late, low] = [entry(1, 0), entry(2, 8), entry(3, 8, { priority: 2 })];
    for (const one of [early, late, low]) expect(queue.add(one)).toBe(true);
    const nobody = (): void => expect.unreachable();
    expect(queue.expire(9, nobody)).toBe(10);
    expect(queue.expire(10, nobody)).toBe(18);
    expect(all(queue)).toEqual([late, early, low]);
    expect(queue.expire(1000, nobody)).toBe(Infinity);
    expect(queue.size).toBe(3);
  });

  it('is taken out where the policy says so, and a request may only shorten its wait', () => {
    const queue = queueOf({ timeoutMicros: 10_000 });
    const entries = [0, 3000, 50_000].map((queueTimeoutMicros) => entry(1, 0, { queueTimeoutMicros }));
    for (const one of entries) queue.add(one);
    expect(entries.map(({ expiresAt }) => expiresAt)).toEqual([10, 3, 10]);
    const out: unknown[] = [];
    expect(queue.expire(3, (one, why) => out.push(one, why))).toBe(10);
    expect(out).toEqual([entries[1], 'timeout']);
    const fixed = entry(1, 0, { queueTimeoutMicros: 3000 });
    queueOf({ timeoutMicros: 10_000, allowTimeoutOverride: false }).add(fixed);
    expect(fixed.expiresAt).toBe(10);
  });

  it('by his own deadline is taken out whatever the policy', () => {
    const queue = queueOf({ timeoutMicros: 1000, timeoutAction: 'DELAY' });
    const one = entry(1, 0, { deadline: 5 });
    queue.add(one);
    expect(queue.expire(2, () => expect.unreachable())).toBe(5);
    const out: unknown[] = [];
    queue.expire(5, (gone, why) => out.push(gone, why));
    expect(out).toEqual([one, 'deadline']);
    expect(queue.size).toBe(0);
  });
});

it('one that is put back is the first of its level, has room, and does not expire', () => {
  const queue = queueOf({ maxSize: 2, timeoutMicros: 1000 });
  const [first, second, third] = [entry(1, 0), entry(2, 0), entry(3, 0)];
  queue.add(first);
  queue.add(second);
  expect(queue.add(third)).toBe(false);
  queue.remove(first);
  expect(queue.add(third)).toBe(true);
  queue.putBack(first);
  expect(all(queue)).toEqual([first, second, third]);
  queue.expire(100, () => {});
  expect(all(queue)).toEqual([first]);
});
