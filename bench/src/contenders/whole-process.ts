import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../harness/benchmark.ts';

const APP = dirname(fileURLToPath(import.meta.resolve('@switchyard/cli/package.json')));
const BUILT = join(APP, 'dist', 'main.js');

/** A program that is started anew in each round. */
export interface WholeProcess {
  /** Words after `node`. */
  readonly args: readonly string[];
  /** (optional) Why it cannot run here, or `null`. Default: it can. */
  readonly unavailable?: () => string | null;
  /**
   * (optional) The folder for caches: `kept` from round to round, which is every start but the first of all, or `none`
   * at the beginning of each round. Default: `kept`. Never that of the person at the machine.
   */
  readonly cache?: 'kept' | 'none';
}

/** Name of what {@link wholeProcess} measures. */
export const WHOLE_PROCESS = 'whole process';

/** Starts a program in each round and waits for its exit. */
export function wholeProcess(name: string, { args, unavailable, cache = 'kept' }: WholeProcess): Contender {
  return {
    name,
    ...(unavailable === undefined ? {} : { unavailable }),
    open: () => {
      const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
      const env = { ...process.env, SWITCHYARD_CACHE_DIR: folder };
      return Promise.resolve({
        async measure() {
          if (cache === 'none') await rm(folder, { recursive: true });
          const before = performance.now();
          const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
          let said = '';
          child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
          const [status] = (await once(child, 'exit')) as [number | null];
          const took = performance.now() - before;
          if (status !== 0) {
            throw new Error(`\`node ${args.join(' ')}\` ended with exit status ${status}:\n${said}`);
          }
          return { [WHOLE_PROCESS]: took };
        },
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
      });
    },
  };
}

/** The built command line, with the words after `switchyard`. */
export function builtCli(...words: readonly string[]): Pick<WholeProcess, 'args' | 'unavailable'> {
  return {
    args: [BUILT, ...words],
    unavailable: () => (existsSync(BUILT) ? null : 'The CLI was not built.'),
  };
}

/**
 * The floor of {@link builtCli}: its packages imported and the facts about the machine read, and nothing else.
 *
 * @param model (optional) run after that by the engine alone. Default: none
 */
export function startFloor(model = 'none'): Pick<WholeProcess, 'args' | 'unavailable'> {
  const program = fileURLToPath(new URL('start-floor.mjs', import.meta.url));
  return { ...builtCli(), args: [program, model, APP] };
}

/** The command line from its sources, with the words after `switchyard`. */
export function cliFromSources(...words: readonly string[]): Pick<WholeProcess, 'args'> {
  const main = join(APP, 'src', 'main.ts');
  return {
    args: ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning', main, ...words],
  };
}
