import { findBenchmark } from '../benchmarks/index.ts';
import { takeOneRound, takeSharedRounds } from './take-rounds.ts';

/** What the program tells a process that measures. */
export interface BenchOrder {
  readonly benchmark: string;
  /** One contender for one round, or `null` for all rounds of all. */
  readonly contender: string | null;
  readonly quick: boolean;
}

const order = JSON.parse(process.argv[2] ?? 'null') as BenchOrder;
const benchmark = findBenchmark(order.benchmark);
const context = { quick: order.quick };
const answer =
  order.contender === null
    ? await takeSharedRounds(benchmark, context)
    : await takeOneRound(benchmark, order.contender, context);
if (process.send === undefined) throw new TypeError('This module is started by the bench, with a channel.');
process.send(answer, () => process.disconnect());
