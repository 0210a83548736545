import type { Benchmark, Contender, OpenContender, RoundContext, Sample } from './benchmark.ts';
import type { RawRounds } from './summarize.ts';

/**
 * How many rounds a benchmark takes. In quick mode, where only running counts, it is one for each process,
 * and two where the contenders share one, so that they take turns.
 */
export function roundsOf(
  { processes, rounds, warmUpRounds }: Benchmark,
  quick: boolean,
): { readonly warmUp: number; readonly count: number } {
  if (!quick) return { warmUp: warmUpRounds, count: rounds };
  return { warmUp: 0, count: processes === 'shared' ? 2 : 1 };
}

/** Contenders that can run here, and the reasons of the others. */
export function available(benchmark: Benchmark): {
  readonly contenders: readonly Contender[];
  readonly skipped: Record<string, string>;
} {
  const skipped: Record<string, string> = {};
  const contenders = benchmark.contenders.filter((contender) => {
    const reason = contender.unavailable?.() ?? null;
    if (reason !== null) skipped[contender.name] = reason;
    return reason === null;
  });
  return { contenders, skipped };
}

/** The rounds of a benchmark whose contenders share this process: A B A B …, with the order turned each round. */
export async function takeSharedRounds(benchmark: Benchmark, context: RoundContext): Promise<RawRounds> {
  const { contenders, skipped } = available(benchmark);
  const open: { readonly name: string; readonly contender: OpenContender }[] = [];
  const samples: Record<string, Sample[]> = {};
  try {
    for (const contender of contenders) {
      open.push({ name: contender.name, contender: await contender.open(context) });
      samples[contender.name] = [];
    }
    const { warmUp, count } = roundsOf(benchmark, context.quick);
    for (let round = -warmUp; round < count; round += 1) {
      const order = round % 2 === 0 ? open : open.toReversed();
      for (const { name, contender } of order) {
        const sample = await contender.measure();
        if (round >= 0) samples[name]!.push(sample);
      }
    }
  } finally {
    for (const { contender } of open) await contender[Symbol.asyncDispose]();
  }
  return { samples, skipped };
}

/** One round of one contender, for a process that does nothing else. */
export async function takeOneRound(
  benchmark: Benchmark,
  name: string,
  context: RoundContext,
): Promise<Sample> {
  const contender = benchmark.contenders.find((candidate) => candidate.name === name);
  if (contender === undefined) throw new TypeError(`\`${benchmark.name}\` has no contender \`${name}\`.`);
  await using open = await contender.open(context);
  const warmUp = context.quick ? 0 : benchmark.warmUpRounds;
  for (let round = 0; round < warmUp; round += 1) await open.measure();
  // Awaited here, so that it is not released while it is measured.
  return await open.measure();
}
