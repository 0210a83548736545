import type { Benchmark } from '../harness/benchmark.ts';
import { cliRun } from './cli-run.ts';
import { cliStart } from './cli-start.ts';
import { concurrency } from './concurrency.ts';
import { eventLoopDelay } from './event-loop-delay.ts';
import { hostFacts } from './host-facts.ts';
import { inspect } from './inspect.ts';
import { memory } from './memory.ts';
import { open } from './open.ts';
import { pipelined } from './pipelined.ts';
import { roundTrip } from './round-trip.ts';
import { runInline } from './run-inline.ts';
import { runProcess } from './run-process.ts';
import { runThread } from './run-thread.ts';
import { scaling } from './scaling.ts';
import { selection } from './selection.ts';
import { serveBatching } from './serve-batching.ts';
import { serveImages, serveNetwork } from './serve-images.ts';
import { serveMemory } from './serve-memory.ts';
import { serveSmall } from './serve-small.ts';
import { serveSoak } from './serve-soak.ts';
import { soakOpens } from './soak-opens.ts';
import { soakRuns } from './soak-runs.ts';

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  eventLoopDelay,
  scaling,
  runInline,
  runThread,
  runProcess,
  roundTrip,
  pipelined,
  concurrency,
  inspect,
  open,
  selection,
  hostFacts,
  cliStart,
  cliRun,
  serveSmall,
  serveImages,
  serveNetwork,
  serveBatching,
  serveMemory,
  serveSoak,
  memory,
  soakRuns,
  soakOpens,
];

/** The benchmark of that name. */
export function findBenchmark(name: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
  if (found !== undefined) return found;
  const names = BENCHMARKS.map((benchmark) => benchmark.name).join(', ');
  throw new RangeError(`There is no benchmark \`${name}\`; there are: ${names}.`);
}
