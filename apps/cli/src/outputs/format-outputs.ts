import {
  describeValue,
  TensorError,
  tensorValues,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import { fitWidth, formatPercent, formatValue } from './format-value.ts';
import { summarizeTensor, summaryLine } from './summarize-tensor.ts';
import { hasClasses, topValues, type TopRow } from './top-values.ts';

/** How {@link formatOutputs} lays out. */
export interface FormatOutputsOptions {
  /** How many of the highest values of each row to list, in place of the values. */
  readonly top?: number | undefined;
  /** Names of the classes; without `top` they have nothing to name. */
  readonly labels?: readonly string[] | undefined;
  /** Most lines of values per output. */
  readonly maxRows: number;
  /** Most columns of a line. */
  readonly width: number;
}

/**
 * Outputs as text for a terminal: name, dtype and shape, then the values, in full where they fit into `maxRows`
 * and otherwise the extremes, the mean and the first values. Ends without a newline. Throws a `TensorError`
 * where labels do not fit, and where labels were given but no output has classes.
 *
 * @param valueInfos what the model declares, in its order; an output without one comes last
 */
export function formatOutputs(
  outputs: Tensors,
  valueInfos: readonly ValueInfo[],
  options: FormatOutputsOptions,
): string {
  const declared = valueInfos.filter(({ name }) => Object.hasOwn(outputs, name)).map(({ name }) => name);
  const names = [...declared, ...Object.keys(outputs).filter((name) => !declared.includes(name))];
  checkLabels(outputs, names, options);
  const blocks = names.map((name) => {
    const tensor = outputs[name]!;
    const lines = [
      `${name}: ${describeValue(tensor)}`,
      ...bodyOf(tensor, name, options).map((line) => `  ${line}`),
    ];
    return lines.map((line) => fitWidth(line, options.width)).join('\n');
  });
  return blocks.join('\n\n');
}

function checkLabels(
  outputs: Tensors,
  names: readonly string[],
  { top, labels }: FormatOutputsOptions,
): void {
  if (labels === undefined || top === undefined) return;
  const ranked = names.filter((name) => hasClasses(outputs[name]!));
  const first = ranked[0];
  if (first === undefined) {
    throw new TensorError(
      'input-shape',
      `There are ${labels.length} labels, but no output has classes to rank.`,
      {
        remedy: 'Leave the labels out.',
      },
    );
  }
  // Labels are for one output; where several have classes, those of another number stay without.
  if (!ranked.some((name) => outputs[name]!.shape.at(-1) === labels.length)) {
    topValues(outputs[first]!, first, top, labels);
  }
}

function bodyOf(tensor: Tensor, name: string, options: FormatOutputsOptions): readonly string[] {
  const { top, maxRows, width } = options;
  const values = tensorValues(tensor);
  if (values.length === 0) return ['(empty)'];
  if (top !== undefined && hasClasses(tensor)) {
    const fits = options.labels?.length === tensor.shape.at(-1);
    const rows = topValues(tensor, name, top, fits ? (options.labels ?? null) : null);
    return limit(
      rows.flatMap((row) => topLines(row, rows.length > 1)),
      maxRows,
    );
  }
  if (tensor.shape.length === 0) return [formatValue(values[0]!)];
  const full = fullLines(tensor, values, width - 2, maxRows);
  if (full !== null) return full;
  const first = `first ${firstValues(values, width - 8)}`;
  return tensor.dtype === 'string'
    ? [`${values.length} texts`, first]
    : [summaryLine(summarizeTensor(tensor)), first];
}

/** Every value, one line per row of the last dimension, or `null` where that takes too many lines or columns. */
function fullLines(
  tensor: Tensor,
  values: readonly (number | bigint | boolean | string)[],
  width: number,
  maxRows: number,
): readonly string[] | null {
  const columns = tensor.shape.at(-1)!;
  const rows = values.length / columns;
  if (rows > maxRows || columns > width) return null;
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const line = `[${values
      .slice(row * columns, (row + 1) * columns)
      .map(formatValue)
      .join(', ')}]`;
    if (Array.from(line).length > width) return null;
    lines.push(line);
  }
  return lines;
}

function firstValues(values: readonly (number | bigint | boolean | string)[], width: number): string {
  const shown: string[] = [];
  let used = 0;
  for (const value of values.slice(0, 100)) {
    const text = formatValue(value);
    used += text.length + 2;
    if (used > width - 3 && shown.length > 0) break;
    shown.push(text);
  }
  return `[${shown.join(', ')}${shown.length < values.length ? ', …' : ''}]`;
}

function topLines({ row, probabilities, best }: TopRow, several: boolean): readonly string[] {
  const heading = several ? [`row [${row.join(', ')}]`] : [];
  if (best.length === 0) return [...heading, '(only NaN)'];
  const scores = best.map(({ value }) => (probabilities ? formatPercent(Number(value)) : formatValue(value)));
  const scoreWidth = widest(scores);
  const indexWidth = widest(best.map(({ index }) => String(index)));
  return [
    ...heading,
    ...best.map(({ index, label }, place) =>
      `${scores[place]!.padStart(scoreWidth)}  ${String(index).padStart(indexWidth)}  ${label ?? ''}`.trimEnd(),
    ),
  ];
}

function limit(lines: readonly string[], maxRows: number): readonly string[] {
  if (lines.length <= maxRows) return lines;
  return [...lines.slice(0, maxRows), `… ${lines.length - maxRows} more lines`];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}
