import { expect, it } from 'vitest';
import type { Reason } from '../backend/v1/reason-v1.ts';
import { hostFactsOf } from '../testing/host-facts-of.ts';
import { mockBackend } from '../testing/mock-backend.ts';
import type { InstalledBackend } from './known-backend.ts';
import { select } from './select.ts';
import { standingBlockers } from './standing-blockers.ts';

function reason(code: Reason['code'], message: string): Reason {
  return { code, message, evidence: [], remedy: 'Do something.' };
}

const BLOCKERS = [
  reason('runtime-library-missing', 'Some library is missing.'),
  reason('driver-mismatch', 'The driver is too old.'),
];

it('leaves out what a look at the files has settled, and only that', () => {
  expect(standingBlockers(undefined, undefined)).toEqual([]);
  expect(standingBlockers(BLOCKERS, undefined)).toEqual(BLOCKERS);
  expect(standingBlockers(BLOCKERS, [{ name: 'file', present: true, problem: null }])).toEqual(BLOCKERS);
  expect(
    standingBlockers(BLOCKERS, [
      { name: 'libraries', present: true, problem: null, settles: ['runtime-library-missing'] },
    ]),
  ).toEqual([BLOCKERS[1]]);
});

it('lets a file that was read overrule what facts about the machine suggest, both ways', () => {
  const { manifest } = mockBackend({ manifest: { id: 'gpu' } });
  const device = { id: 'gpu:0', name: 'GPU', kind: 'gpu', software: false } as const;
  const reasonsFor = (known: Pick<InstalledBackend, 'artifacts'>) => {
    const report = select({
      known: [
        {
          state: 'installed',
          manifest,
          predicate: () => ({
            eligible: 'yes',
            reasons: [],
            devices: [device],
            blockers: BLOCKERS.slice(0, 1),
          }),
          ...known,
        },
      ],
      host: hostFactsOf(),
      settings: [],
    });
    return { outcome: report.outcome, messages: report.candidates[0]!.reasons.map(({ message }) => message) };
  };
  const settles = ['runtime-library-missing'] as const;
  expect(reasonsFor({})).toEqual({ outcome: 'refused', messages: ['Some library is missing.'] });
  expect(
    reasonsFor({ artifacts: [{ name: 'libraries', present: true, problem: null, settles }] }).outcome,
  ).toBe('selected');
  const problem = reason('runtime-library-missing', '`libone.so.1` is missing.');
  expect(reasonsFor({ artifacts: [{ name: 'libraries', present: false, problem, settles }] })).toEqual({
    outcome: 'refused',
    messages: ['`libone.so.1` is missing.'],
  });
});
