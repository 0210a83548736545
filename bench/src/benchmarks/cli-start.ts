import {
  builtCli,
  cliFromSources,
  startFloor,
  WHOLE_PROCESS,
  wholeProcess,
} from '../contenders/whole-process.ts';
import type { Benchmark } from '../harness/benchmark.ts';

const FLOOR = 'node -e 0';
const FIRST = 'explain, first start of all';
const LATER = 'explain';
const PACKAGES = 'packages imported, facts read';
const DEVICES = 'devices';
const SOURCES = 'explain, from sources';
const TARGET = { atMost: 60, from: 'issue 7' } as const;

export const cliStart: Benchmark = {
  name: 'cli-start',
  title: 'The CLI as a whole process',
  method:
    'From starting the process to its exit, on warm file caches, in turn, with every backend of this workspace ' +
    'installed. Cold means the first start of all: nothing is in the folder for caches. Every start after it finds ' +
    'there what Node.js compiled at the first. `node -e 0` is what Node itself takes; the packages imported and the ' +
    'facts about the machine read, with nothing done with them, are the floor of `explain`.',
  processes: 'shared',
  rounds: 15,
  warmUpRounds: 2,
  metrics: [{ name: WHOLE_PROCESS, unit: 'ms', better: 'lower' }],
  contenders: [
    wholeProcess(FLOOR, { args: ['-e', '0'] }),
    wholeProcess(FIRST, { ...builtCli('explain'), cache: 'none' }),
    wholeProcess(LATER, builtCli('explain')),
    wholeProcess(DEVICES, builtCli('devices')),
    wholeProcess(PACKAGES, startFloor()),
    wholeProcess(SOURCES, cliFromSources('explain')),
  ],
  comparisons: [
    { metric: WHOLE_PROCESS, of: FIRST, over: FLOOR, kind: 'difference', target: TARGET },
    { metric: WHOLE_PROCESS, of: LATER, over: FLOOR, kind: 'difference', target: TARGET },
    { metric: WHOLE_PROCESS, of: PACKAGES, over: FLOOR, kind: 'difference', note: 'The floor of `explain`.' },
    { metric: WHOLE_PROCESS, of: DEVICES, over: FLOOR, kind: 'difference' },
    { metric: WHOLE_PROCESS, of: SOURCES, over: FLOOR, kind: 'difference' },
  ],
};
