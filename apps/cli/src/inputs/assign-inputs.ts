import { nearestName, TensorError, type ValueInfo } from '@switchyard/core';
import type { InputSpec } from './input-spec.ts';

/**
 * Says which `--input` is for which input of the model, in the order that they were written. Throws a
 * `TensorError`: `input-unknown` for a name that the model lacks, `input-missing` where only a source was
 * written for a model with several inputs, `input-unreadable` for an input given twice or standard input
 * read twice. Inputs without a source are for `checkFeeds` of `@switchyard/core` to report.
 */
export function assignInputs(
  specs: readonly InputSpec[],
  inputs: readonly ValueInfo[],
): readonly { readonly spec: InputSpec; readonly valueInfo: ValueInfo }[] {
  const names = inputs.map((input) => input.name);
  const list = names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
  const seen = new Set<string>();
  let piped: string | null = null;
  return specs.map((spec) => {
    const valueInfo = spec.name === null ? inputs[0] : inputs.find((input) => input.name === spec.name);
    if (spec.name === null && inputs.length !== 1) {
      throw new TensorError(
        'input-missing',
        `\`${spec.text}\` names no input, but the model has ${inputs.length}: ${list}.`,
        {
          remedy: 'Write `NAME=` before the source.',
        },
      );
    }
    if (valueInfo === undefined) {
      const nearest = nearestName(spec.name!, names);
      throw new TensorError('input-unknown', `The model has no input \`${spec.name}\`; it has ${list}.`, {
        tensor: spec.name,
        remedy: nearest === null ? 'Use one of those.' : `Did you mean \`${nearest}\`?`,
      });
    }
    if (seen.has(valueInfo.name)) {
      throw new TensorError('input-unreadable', `The input \`${valueInfo.name}\` was given twice.`, {
        tensor: valueInfo.name,
        remedy: 'Give it once.',
      });
    }
    seen.add(valueInfo.name);
    if (spec.source.kind === 'stdin') {
      if (piped !== null) {
        throw new TensorError(
          'input-unreadable',
          `Both \`${piped}\` and \`${valueInfo.name}\` are to be read from standard input, which can be read once.`,
          { tensor: valueInfo.name, remedy: 'Give one of them as a file.' },
        );
      }
      piped = valueInfo.name;
    }
    return { spec, valueInfo };
  });
}
