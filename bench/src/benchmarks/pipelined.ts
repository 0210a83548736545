import { ourRuns, SMALL_BYTES, WORKER, workerRuns, type MeasureRuns } from '../contenders/small-runs.ts';
import { openSocketEcho, type EchoKind } from '../contenders/socket-echo.ts';
import { pipelinedRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';

const LANES = 16;

const pipelinedRound: MeasureRuns = async ({ quick }, run) => ({
  throughput: await pipelinedRuns(quick ? 64 : 8000, LANES, run),
});

const IN_TURN = 'engine behind a bare socket, in turn';
const AT_ONCE = 'engine behind a bare socket, at once';

const bare = (name: string, kind: EchoKind): Contender => ({
  name,
  async open(context): Promise<OpenContender> {
    const child = await openSocketEcho(SMALL_BYTES, kind);
    const message = new Uint8Array(SMALL_BYTES);
    return {
      measure: () => pipelinedRound(context, () => child.send(message)),
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  },
});

export const pipelined: Benchmark = {
  name: 'pipelined',
  title: 'Small runs, sixteen at a time',
  method:
    '8000 runs of `y = Identity(x)` with 256 B per round, sixteen of them waiting at any time. ' +
    'The engine behind a bare socket is a child process without frames, ids, checks or anything of ours.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: [{ name: 'throughput', unit: 'runs/s', better: 'higher' }],
  contenders: [
    workerRuns(pipelinedRound),
    ourRuns('inline', pipelinedRound),
    ourRuns('thread', pipelinedRound),
    ourRuns('process', pipelinedRound),
    bare(IN_TURN, 'engine'),
    bare(AT_ONCE, 'engine at once'),
  ],
  comparisons: [
    {
      metric: 'throughput',
      of: 'process',
      over: WORKER,
      kind: 'ratio',
      target: { atLeast: 1, from: 'issue 7' },
    },
    { metric: 'throughput', of: 'thread', over: WORKER, kind: 'ratio' },
    {
      metric: 'throughput',
      of: IN_TURN,
      over: WORKER,
      kind: 'ratio',
      note: 'The floor of a process that answers a run before it begins the next, so that a crash is blamed on one.',
    },
    { metric: 'throughput', of: AT_ONCE, over: WORKER, kind: 'ratio' },
    { metric: 'throughput', of: 'process', over: IN_TURN, kind: 'ratio' },
  ],
};
