import { expect, it } from 'vitest';
import { createBrokenBackend, MUTATIONS, type Mutation } from './__fixtures__/broken-backends.ts';
import { createScriptedBackend } from './__fixtures__/scripted-backend.ts';
import type { ConformanceResult } from './create-conformance.ts';
import { runConformance } from './run-conformance.ts';

// Each group of the kit has to find the fault that was planted for it, and no other group may.
const names = Object.keys(MUTATIONS) as readonly Mutation[];

function failuresOf(results: readonly ConformanceResult[]): readonly ConformanceResult[] {
  return results.filter(({ status }) => status === 'failed');
}

it('a healthy backend passes every case', async () => {
  const { results, skipped } = await runConformance({ create: createScriptedBackend });
  expect(failuresOf(results).map(({ detail }) => detail)).toEqual([]);
  expect(skipped).toBe(0);
});

it('there is a fault for every group', () => {
  expect(names).toEqual(Array.from({ length: 13 }, (_, index) => `K${index + 1}`));
});

it('every planted fault fails its own case and no other, with what to change', async () => {
  const environment = { ...process.env };
  const abort = Object.getOwnPropertyDescriptor(process, 'abort')!;
  const found = new Map<Mutation, readonly ConformanceResult[]>();
  const plant = async (mutation: Mutation): Promise<void> => {
    const { results } = await runConformance({ create: () => createBrokenBackend(mutation) });
    found.set(mutation, failuresOf(results));
  };
  // It holds this thread, in which the loop of another one would be found to stand still.
  await plant('K6');
  const queue = names.filter((name) => name !== 'K6');
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await plant(name);
  };
  await Promise.all([work(), work()]);
  // Some of the faults are done to the process that makes the backend, which is this one.
  Object.defineProperty(process, 'abort', abort);
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];

  const rows = names.map((name) => {
    const failures = found.get(name) ?? [];
    return `${name.padEnd(4)} ${MUTATIONS[name].what}\n     fails ${failures.map(({ id }) => id).join(', ') || 'nothing'}: ${failures[0]?.detail ?? ''}`;
  });
  process.stdout.write(`\nPlanted faults, and what the kit says of them\n${rows.join('\n')}\n\n`);
  expect(names.map((name) => [name, found.get(name)?.map(({ id }) => id)])).toEqual(
    names.map((name) => [name, [MUTATIONS[name].fails]]),
  );
  for (const name of names) expect(found.get(name)?.[0]?.detail).toMatch(MUTATIONS[name].says);
}, 900_000);
