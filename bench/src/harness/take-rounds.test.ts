import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Benchmark, Contender } from './benchmark.ts';
import { takeOneRound, takeSharedRounds } from './take-rounds.ts';

function recorded(events: string[]): Benchmark {
  const contender = (name: string): Contender => {
    let calls = 0;
    return {
      name,
      open: () => {
        events.push(`open ${name}`);
        return Promise.resolve({
          measure: async () => {
            events.push(name);
            await setImmediate();
            if (events.at(-1) !== name) throw new Error(`Something happened while ${name} was measured.`);
            return { call: (calls += 1) };
          },
          [Symbol.asyncDispose]: () => {
            events.push(`close ${name}`);
            return Promise.resolve();
          },
        });
      },
    };
  };
  return {
    name: 'recorded',
    title: 'Recorded',
    method: 'By hand.',
    processes: 'shared',
    rounds: 5,
    warmUpRounds: 1,
    metrics: [{ name: 'call', unit: 'calls', better: 'lower' }],
    contenders: [contender('A'), contender('B'), { ...contender('C'), unavailable: () => 'C is not here.' }],
    comparisons: [],
  };
}

it('lets the contenders take turns and keeps the warm-up apart', async () => {
  const events: string[] = [];
  const raw = await takeSharedRounds(recorded(events), { quick: false });
  expect(events.join(' ')).toBe('open A open B B A A B B A A B B A A B close A close B');
  expect(raw.samples['A']!.map(({ call }) => call)).toEqual([2, 3, 4, 5, 6]);
  expect(raw.skipped).toEqual({ C: 'C is not here.' });
});

it('releases everything when one contender breaks', async () => {
  const events: string[] = [];
  const benchmark = recorded(events);
  const broken: Contender = { name: 'broken', open: () => Promise.reject(new Error('It broke.')) };
  const contenders = [...benchmark.contenders, broken];
  await expect(takeSharedRounds({ ...benchmark, contenders }, { quick: false })).rejects.toThrow('It broke.');
  expect(events.filter((event) => event.startsWith('close'))).toEqual(['close A', 'close B']);
});

it('measures once after the warm-up in a process of its own', async () => {
  const events: string[] = [];
  expect(await takeOneRound(recorded(events), 'B', { quick: false })).toEqual({ call: 2 });
  expect(events).toEqual(['open B', 'B', 'B', 'close B']);
});
