import type { SelectionReport } from '@switchyard/core';
import { openRuntime, type RuntimeWords } from './open-runtime.ts';
import { reportOf, type Invocation, type Simulation, type Situation } from './situation.ts';

/** Whether a question is about another machine or other packages, of which nothing is remembered. */
export function isSimulated({ host, installed }: Simulation): boolean {
  return host !== undefined || installed !== undefined;
}

/** What selection says of a situation, with what is remembered of this machine. Loads and starts nothing. */
export async function explainHere(
  situation: Situation,
  invocation: Invocation,
  simulation: Simulation,
  words: RuntimeWords = {},
): Promise<SelectionReport> {
  if (isSimulated(simulation)) return reportOf(situation);
  const runtime = await openRuntime(situation, invocation.context, words);
  try {
    return await runtime.explain();
  } finally {
    await runtime.close();
  }
}
