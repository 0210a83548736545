import { expect, it } from 'vitest';
import { killRounds } from './__fixtures__/kill-rounds.ts';

// `scripts/kill-rounds.ts` does the same a thousand times.
it(
  '30 runs that are killed in their middle leave nothing and lose nothing',
  { timeout: 120_000 },
  async () => {
    const { besideAnswers, processes, ...rest } = await killRounds(30);
    expect(rest).toMatchObject({ besideFailures: 0, lostBehind: 0, orphans: [], folders: [] });
    expect(besideAnswers).toBeGreaterThan(30);
    expect(processes).toBeGreaterThanOrEqual(30);
  },
);
