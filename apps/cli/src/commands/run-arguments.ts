import {
  checkOutputNames,
  nearestName,
  parseOptionText,
  TensorError,
  type SelectionReport,
  type ValueInfo,
} from '@switchyard/core';
import { parseDimArgument } from '../inputs/index.ts';
import type { OutputSpec } from '../outputs/index.ts';
import type { RuntimeWords } from '../open-runtime.ts';
import type { Situation } from '../situation.ts';
import { UsageError } from '../usage-error.ts';

/** What `run` was told besides the model. */
export interface RunArguments extends RuntimeWords {
  readonly input: readonly string[];
  readonly dim: readonly string[];
  readonly output: readonly string[];
  readonly option: readonly string[];
  readonly top: string | undefined;
  readonly labels: string | undefined;
}

/** How many values `--top` asks for; `undefined` prints all of them. */
export function parseTop(
  text: string | undefined,
  labels: string | undefined,
  json: boolean,
): number | undefined {
  if (json && (text !== undefined || labels !== undefined)) {
    throw new UsageError(
      '`--top` and `--labels` are for text, and `--json` prints every value.',
      'Leave them or `--json` out.',
    );
  }
  if (text === undefined) return labels === undefined ? undefined : 5;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    `\`--top ${text}\` is not a whole number of at least 1.`,
    'Write how many values to show, as in `--top 5`.',
  );
}

/** Sizes by the names of free dimensions that the model really has. */
export function dimensionsOf(
  texts: readonly string[],
  inputs: readonly ValueInfo[],
): ReadonlyMap<string, number> {
  const names = [
    ...new Set(inputs.flatMap(({ shape }) => shape.filter((one): one is string => typeof one === 'string'))),
  ];
  const dims = new Map<string, number>();
  for (const text of texts) {
    const { name, size } = parseDimArgument(text);
    if (!names.includes(name)) {
      const nearest = nearestName(name, names);
      const list = names.map((one) => `\`${one}\``).join(', ') || 'none';
      throw new TensorError(
        'input-shape',
        `\`--dim ${text}\` names the dimension \`${name}\`, but the free dimensions of the model are: ${list}.`,
        { remedy: nearest === null ? 'Leave it out.' : `Did you mean \`${nearest}\`?` },
      );
    }
    if (dims.has(name)) {
      throw new TensorError('input-shape', `\`--dim\` gives the dimension \`${name}\` twice.`, {
        remedy: 'Give it once.',
      });
    }
    dims.set(name, size);
  }
  return dims;
}

/** Names of the outputs to compute, or `null` for all of them. */
export function namesToCompute(
  specs: readonly OutputSpec[],
  declared: readonly { readonly name: string }[],
): readonly string[] | null {
  const named = specs.flatMap(({ name }) => name ?? []);
  const outputs = declared.map(({ name }): ValueInfo => ({ name, dtype: 'float32', shape: [] }));
  checkOutputNames(outputs, named);
  return specs.length > 0 && named.length === specs.length ? [...new Set(named)] : null;
}

/** Backend options, read by the schema of the backend that is going to run. */
export function parseOptions(
  texts: readonly string[],
  report: SelectionReport,
  { registry }: Situation,
): Readonly<Record<string, boolean | number | string>> {
  const id = report.selected!.backend;
  const schema = registry.get(id)?.manifest.options ?? {};
  const values = new Map<string, boolean | number | string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const key = text.slice(0, Math.max(equals, 0)).trim();
    if (key === '') {
      throw new UsageError(`\`--option ${text}\` has no value.`, 'Write `--option KEY=VALUE`.');
    }
    if (values.has(key)) throw new UsageError(`\`--option\` gives \`${key}\` twice.`, 'Give it once.');
    values.set(key, parseOptionText(schema, key, text.slice(equals + 1), `backend \`${id}\``));
  }
  return Object.fromEntries(values);
}
