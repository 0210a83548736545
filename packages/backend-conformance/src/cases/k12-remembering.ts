import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, rememberedProbe, rememberProbe } from '@switchyard/runtime';
import { endingOf } from '../child/start-child.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';
import { probeWithFault } from './k4-probe.ts';

const MINUTE_MS = 60_000;

/** K12: what may be remembered, and for how long. */
export const REMEMBERING_CASES: readonly ConformanceCase[] = [
  {
    id: 'K12.1',
    title: 'a probe that was interrupted or failed is forgotten by the next one',
    change: 'Keep no promise and no verdict of a probe that failed or was aborted: look again the next time.',
    needs: 'origin',
    place: 'caller',
    async run({ child, probe }) {
      const ended = await child('probe-again');
      expectThat(
        ended.answer !== null && ended.code === 0,
        () => `The process that probed it twice ${endingOf(ended)}.`,
      );
      const { clean, again } = ended.answer as { readonly clean: unknown; readonly again: unknown };
      expectThat(
        shown(again) === shown(clean),
        () => `By itself the probe says ${shown(clean)}; after one that was aborted it says ${shown(again)}.`,
      );
      return { status: probe?.status ?? 'unknown' };
    },
  },
  {
    id: 'K12.2',
    title: 'a probe that ran out of time is not kept, and a crash only for a while',
    change:
      'Let a probe that takes too long be ended from outside: catch neither the signal nor the silence.',
    needs: 'origin',
    place: 'caller',
    async run(context) {
      const folder = await mkdtemp(join(tmpdir(), 'switchyard-conformance-'));
      try {
        let now = Date.now();
        const store = openStore(folder, { now: () => now });
        const late = await probeWithFault(context, 'hang');
        const lost = await probeWithFault(context, 'segfault');
        expectThat(
          late.status === 'timeout' && lost.status === 'crashed',
          `A probe that hangs ended as ${late.status}, and one whose process dies as ${lost.status}.`,
        );
        expectThat(
          !(await rememberProbe(store, 'late', late)) && (await rememberedProbe(store, 'late')) === null,
          'A probe that ran out of time was remembered, as if the hardware were absent.',
        );
        await rememberProbe(store, 'lost', lost);
        expectThat(
          (await rememberedProbe(store, 'lost'))?.outcome.ok === false,
          'A probe that crashed was not remembered.',
        );
        now += 11 * MINUTE_MS;
        expectThat(
          (await rememberedProbe(store, 'lost')) === null,
          'A probe that crashed is still held against it eleven minutes later.',
        );
        return undefined;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
