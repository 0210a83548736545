import type { Tensor, Tensors, ValueInfo } from '@switchyard/core';
import { assignInputs, loadInput, type parseInputArgument } from '../inputs/index.ts';
import type { Invocation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { readAll } from './read-all.ts';

/** Reads the inputs that `--input` names, and says on standard error how each was understood. */
export async function loadFeeds(
  specs: readonly ReturnType<typeof parseInputArgument>[],
  inputs: readonly ValueInfo[],
  dims: ReadonlyMap<string, number>,
  { context, options }: Invocation,
): Promise<Tensors> {
  const style = styleFor(context.stderr, context.environment, options.color);
  let piped: Promise<Uint8Array> | undefined;
  const stdin = (): Promise<Uint8Array> => (piped ??= readAll(context.stdin));
  const feeds: (readonly [string, Tensor])[] = [];
  for (const { spec, valueInfo } of assignInputs(specs, inputs)) {
    const loaded = await loadInput(spec, {
      valueInfo,
      dims,
      cwd: context.cwd,
      stdin,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    feeds.push([valueInfo.name, loaded.tensor]);
    if (!options.quiet && !options.json) {
      context.stderr.write(`${style('dim', `input   ${loaded.description}`)}\n`);
    }
  }
  return Object.fromEntries(feeds);
}
