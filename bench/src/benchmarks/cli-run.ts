import { fileURLToPath } from 'node:url';
import { builtCli, startFloor, WHOLE_PROCESS, wholeProcess } from '../contenders/whole-process.ts';
import type { Benchmark } from '../harness/benchmark.ts';

const MODEL = fileURLToPath(new URL('../../../examples/digit-classifier/digits.onnx', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../contenders/direct-run.mjs', import.meta.url));
const WORDS = ['run', MODEL, '--input', 'image=zeros', '--dim', 'batch=1', '--quiet'];

const FLOOR = 'node -e 0';
const DIRECT = 'a script on onnxruntime-node';
const RUN = 'switchyard run';
const INLINE = 'switchyard run --isolation inline';
const PACKAGES = 'packages imported, facts read, that script';
const EXPLAIN = 'switchyard explain';

export const cliRun: Benchmark = {
  name: 'cli-run',
  title: 'A run from the command line as a whole process',
  method:
    'The digit classifier of this repository, one picture of zeros, from starting the process to its exit, in turn. ' +
    'The script beside it opens the same file with onnxruntime-node, runs the same values and prints them. ' +
    'With the packages of `run` imported and the facts about the machine read before it, it is the floor of `run`. ' +
    '`switchyard run` has the engine in a process of its own unless told otherwise; it reads the model, chooses, ' +
    'says why and prints. `explain` is its part before anything is opened.',
  processes: 'shared',
  rounds: 15,
  warmUpRounds: 2,
  metrics: [{ name: WHOLE_PROCESS, unit: 'ms', better: 'lower' }],
  contenders: [
    wholeProcess(FLOOR, { args: ['-e', '0'] }),
    wholeProcess(DIRECT, { args: [SCRIPT, MODEL] }),
    wholeProcess(RUN, builtCli(...WORDS)),
    wholeProcess(INLINE, builtCli(...WORDS, '--isolation', 'inline')),
    wholeProcess(PACKAGES, startFloor(MODEL)),
    wholeProcess(EXPLAIN, builtCli('explain')),
  ],
  comparisons: [
    {
      metric: WHOLE_PROCESS,
      of: RUN,
      over: DIRECT,
      kind: 'ratio',
      target: { atMost: 1.25, from: 'issue 7' },
    },
    { metric: WHOLE_PROCESS, of: INLINE, over: DIRECT, kind: 'ratio' },
    { metric: WHOLE_PROCESS, of: PACKAGES, over: DIRECT, kind: 'ratio', note: 'The floor of `run`.' },
    { metric: WHOLE_PROCESS, of: RUN, over: DIRECT, kind: 'difference' },
    { metric: WHOLE_PROCESS, of: RUN, over: INLINE, kind: 'difference' },
    { metric: WHOLE_PROCESS, of: DIRECT, over: FLOOR, kind: 'difference' },
  ],
};
