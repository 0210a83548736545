import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadMachine, MACHINE_NAMES } from '../../machines/index.ts';
import { hostFactsOf } from '../../testing/host-facts-of.ts';
import { select } from '../select.ts';
import { checkInvariants } from './__fixtures__/check-invariants.ts';
import { caseArbitrary } from './__fixtures__/generate-case.ts';

const cases = Number(process.env['PROPERTY_CASES'] ?? 5000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

it(`holds the invariants of selection over ${cases} generated cases`, { timeout: 1_200_000 }, async () => {
  const machines = [hostFactsOf(), ...(await Promise.all(MACHINE_NAMES.map((name) => loadMachine(name))))];
  const outcomes = new Map<string, number>();
  const result = fc.check(
    fc.property(caseArbitrary(machines), fc.nat(100), (input, focus) => {
      const report = checkInvariants(select, input, focus);
      const outcome =
        report.refusal?.code ?? `${report.request.kind} ${report.degraded ? 'degraded' : 'met'}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
    { numRuns: cases, seed },
  );
  process.stdout.write(
    `invariants: ${result.numRuns} cases, seed ${seed}; outcomes ${JSON.stringify(Object.fromEntries([...outcomes].toSorted(([left], [right]) => (left < right ? -1 : 1))))}\n`,
  );
  expect(result.failed, fc.defaultReportMessage(result) ?? '').toBe(false);
  expect(result.numRuns).toBe(cases);
  // A generator that never reaches an outcome proves nothing about it.
  for (const outcome of [
    'auto met',
    'auto degraded',
    'exact met',
    'ordered met',
    'ordered degraded',
    'conflict',
  ]) {
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
  }
});
