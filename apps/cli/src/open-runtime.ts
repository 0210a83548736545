import type { IsolationV1 } from '@switchyard/core';
import { cacheDirectory } from '@switchyard/core/host';
import type { Runtime, SpareProcess, TrialMode } from '@switchyard/runtime';
import type { CliContext } from './cli-context.ts';
import type { Situation } from './situation.ts';

/** What the flags say about how a runtime works, for every command that has one. */
export interface RuntimeWords {
  /** What an automatic choice has to prove first. */
  readonly trials?: TrialMode;
  readonly verify?: boolean;
  readonly strict?: boolean;
  readonly isolation?: IsolationV1;
  /** `false` neither reads nor keeps what is remembered. */
  readonly cache?: boolean;
}

/**
 * Makes the runtime of one command out of what was composed already.
 *
 * @param spareProcess (optional) for the first session in a process of its own
 */
export async function openRuntime(
  situation: Situation,
  { environment, cwd }: Pick<CliContext, 'environment' | 'cwd'>,
  words: RuntimeWords,
  spareProcess?: SpareProcess,
): Promise<Runtime> {
  // Commands that ask about another machine need none.
  const { createRuntime } = await import('@switchyard/runtime');
  return createRuntime({
    backends: [],
    registry: situation.registry,
    known: situation.input.known,
    settings: situation.settings.statements,
    warnings: situation.settings.warnings,
    host: situation.input.host,
    cache: words.cache === false ? null : cacheDirectory({ environment, cwd }),
    ...(spareProcess === undefined ? {} : { spareProcess }),
    ...(words.trials === undefined ? {} : { trials: words.trials }),
    ...(words.isolation === undefined ? {} : { isolation: words.isolation }),
  });
}
