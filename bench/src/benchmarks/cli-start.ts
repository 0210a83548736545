import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Contender } from '../harness/benchmark.ts';

const APP = dirname(fileURLToPath(import.meta.resolve('@switchyard/cli/package.json')));
const BUILT = join(APP, 'dist', 'main.js');
const SOURCE = join(APP, 'src', 'main.ts');

const program = (name: string, args: readonly string[], unavailable: () => string | null): Contender => ({
  name,
  unavailable,
  open: () =>
    Promise.resolve({
      async measure() {
        const before = performance.now();
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
        const [status] = (await once(child, 'exit')) as [number | null];
        const took = performance.now() - before;
        if (status !== 0) throw new Error(`\`node ${args.join(' ')}\` ended with exit status ${status}.`);
        return { 'whole process': took };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});

const FLOOR = 'node -e 0';
const EXPLAIN = 'explain, built';

export const cliStart: Benchmark = {
  name: 'cli-start',
  title: 'The CLI as a whole process',
  method:
    'From starting the process to its exit, on warm file caches, in turn. `node -e 0` is what Node itself takes.',
  processes: 'shared',
  rounds: 15,
  warmUpRounds: 2,
  metrics: [{ name: 'whole process', unit: 'ms', better: 'lower' }],
  contenders: [
    program(FLOOR, ['-e', '0'], () => null),
    program(EXPLAIN, [BUILT, 'explain'], () => (existsSync(BUILT) ? null : 'The CLI was not built.')),
    program(
      'explain, from sources',
      ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning', SOURCE, 'explain'],
      () => null,
    ),
  ],
  comparisons: [
    {
      metric: 'whole process',
      of: EXPLAIN,
      over: FLOOR,
      kind: 'difference',
      target: { atMost: 60, from: 'issue 7' },
    },
    { metric: 'whole process', of: 'explain, from sources', over: FLOOR, kind: 'difference' },
  ],
};
