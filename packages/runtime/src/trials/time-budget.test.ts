import { expect, it } from 'vitest';
import { fakeClock } from './__fixtures__/fake-clock.ts';
import { GivenUp, startBudget, TimeSpent } from './time-budget.ts';

const never = () => new Promise<never>(() => undefined);

it('passes on what a step returns and throws', async () => {
  using budget = startBudget(100, fakeClock(), 'alpha', undefined);
  expect(await budget.spend('one', () => Promise.resolve(1))).toBe(1);
  await expect(budget.spend('two', () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
});

it('ends a step when the time is spent, and begins no other', async () => {
  const clock = fakeClock();
  using budget = startBudget(100, clock, 'alpha', undefined);
  await budget.spend('a short step', async () => clock.advance(60));
  const ended = expect(budget.spend('a long step', never)).rejects.toMatchObject({
    name: 'TimeSpent',
    during: 'a long step',
    milliseconds: 40,
  });
  clock.advance(40);
  await ended;
  expect(budget.signal.aborted).toBe(true);
  let begun = false;
  const next = budget.spend('the next', async () => (begun = true));
  await expect(next).rejects.toBeInstanceOf(TimeSpent);
  expect(begun).toBe(false);
});

it.each([
  ['the time', TimeSpent],
  ['the caller', GivenUp],
] as const)('a step that rejects because %s interrupted it does not hide that', async (who, error) => {
  const clock = fakeClock();
  const caller = new AbortController();
  using budget = startBudget(100, clock, 'alpha', caller.signal);
  const ended = expect(
    budget.spend('a step', () => {
      const { promise, reject } = Promise.withResolvers<never>();
      budget.signal.addEventListener('abort', () => reject(new Error('interrupted')));
      caller.signal.addEventListener('abort', () => reject(new Error('interrupted')));
      return promise;
    }),
  ).rejects.toBeInstanceOf(error);
  if (who === 'the time') clock.advance(100);
  else caller.abort();
  await ended;
});

it('what comes too late is handed over, so that it can be closed', async () => {
  const clock = fakeClock();
  using budget = startBudget(100, clock, 'alpha', undefined);
  const { promise, resolve } = Promise.withResolvers<string>();
  const late: string[] = [];
  const ended = expect(
    budget.spend(
      'opening',
      () => promise,
      (result) => late.push(result),
    ),
  ).rejects.toBeInstanceOf(TimeSpent);
  clock.advance(100);
  await ended;
  resolve('a session');
  await promise;
  expect(late).toEqual(['a session']);
});
