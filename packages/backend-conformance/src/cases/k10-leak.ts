import { endingOf } from '../child/start-child.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { expectThat } from '../conformance-failure.ts';

/** Bytes that one more session, or one more run, may cost; noise of the allocator is far below. */
const PER_SESSION = 1.5 * 1024 * 1024;
const PER_RUN = 16 * 1024;

function median(list: readonly number[]): number {
  return list.toSorted((left, right) => left - right)[Math.floor(list.length / 2)]!;
}

/** Growth per step between the median of the second third and that of the last. */
function slope(sizes: readonly number[], stepsPerSample: number): number {
  const third = Math.floor(sizes.length / 3);
  const growth = median(sizes.slice(-third)) - median(sizes.slice(third, 2 * third));
  return growth / (third * stepsPerSample);
}

/** K10: what stays behind. */
export const LEAK_CASES: readonly ConformanceCase[] = [
  {
    id: 'K10.1',
    title: 'memory does not grow with sessions that were released, or with runs',
    change: 'Free what a run and a session allocated, native handles above all, and keep no list of them.',
    needs: 'origin-and-device',
    place: 'caller',
    async run({ child }) {
      const ended = await child('leak');
      expectThat(
        ended.answer !== null && ended.code === 0,
        () => `The process that was measured ${endingOf(ended)}.`,
      );
      const { sessions, runs, runsPerSample } = ended.answer as {
        readonly sessions: readonly number[];
        readonly runs: readonly number[];
        readonly runsPerSample: number;
      };
      const perSession = Math.round(slope(sessions, 1));
      const perRun = Math.round(slope(runs, runsPerSample));
      expectThat(
        perSession <= PER_SESSION,
        `Each session that was opened and released leaves ${perSession} bytes behind, over ${sessions.length} of them.`,
      );
      expectThat(
        perRun <= PER_RUN,
        `Each run leaves ${perRun} bytes behind, over ${runs.length * runsPerSample} of them.`,
      );
      return { bytesPerSession: perSession, bytesPerRun: perRun };
    },
  },
];
