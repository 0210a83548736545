import { createRuntime } from '@switchyard/runtime';
import { makeTensor, type Tensors } from '@switchyard/core';
import type { ConformanceCase } from '../conformance-case.ts';
import { expectThat } from '../conformance-failure.ts';
import { COUNTING, floats } from '../goldens/models.ts';

/** Turns of the loop, and the longest pause between two. */
async function watched<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly turns: number; readonly longest: number; readonly took: number }> {
  let turns = 0;
  let longest = 0;
  const began = performance.now();
  let last = began;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    turns += 1;
  }, 2);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const now = performance.now();
  return { turns, longest: Math.max(longest, now - last), took: now - began };
}

/** A run is made longer until it takes this long, so that a loop that stands still shows. */
const LONG_MS = 400;

function feeds(count: number): Tensors {
  return {
    count: makeTensor('int64', [], [BigInt(count)]),
    start: floats([1], [0]),
    step: floats([1], [0]),
  };
}

/** K6: who waits while the engine works. */
export const LOOP_CASES: readonly ConformanceCase[] = [
  {
    id: 'K6.1',
    title: 'in the isolation that it recommends, a long run leaves the loop of its caller free',
    change:
      'Recommend `thread` or `process` in `isolation`, or run the engine where it does not hold the calling thread.',
    needs: 'origin-and-device',
    place: 'caller',
    async run({ backend, host, device, probe }) {
      const { id } = backend.manifest;
      await using runtime = await createRuntime({
        backends: [backend],
        settings: [],
        host,
        cache: null,
        trials: 'off',
      });
      const model = { bytes: COUNTING.bytes(), name: COUNTING.name };
      const session = await runtime.open(model, { backend: id, device: device.id });
      await session.run(feeds(1));
      let count = 2000;
      for (;;) {
        const { turns, longest, took } = await watched(() => session.run(feeds(count)));
        if (took < LONG_MS && count < 10_000_000) {
          count *= took < LONG_MS / 8 ? 8 : 2;
          continue;
        }
        expectThat(
          turns >= 5 && longest < took * 0.9,
          `While a run took ${Math.round(took)} ms in the isolation \`${session.isolation.kind}\`, the loop of the caller turned ${turns} times and stood still for ${Math.round(longest)} ms.`,
        );
        return {
          isolation: session.isolation.kind,
          runMs: Math.round(took),
          longestPauseMs: Math.round(longest),
          turns,
          probed: probe?.status ?? 'unknown',
        };
      }
    },
  },
];
