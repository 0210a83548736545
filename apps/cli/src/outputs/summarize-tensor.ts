import { tensorValues, type Tensor } from '@switchyard/core';
import { formatValue } from './format-value.ts';

/** What is worth knowing about many numbers. `null` where there is no finite number. */
export interface TensorSummary {
  readonly count: number;
  readonly minimum: number | bigint | null;
  readonly maximum: number | bigint | null;
  readonly mean: number | null;
  readonly nans: number;
  readonly infinities: number;
}

/** Extremes and mean over the finite values, and how many are not finite. For numbers, not for text. */
export function summarizeTensor(tensor: Tensor): TensorSummary {
  const values = tensorValues(tensor) as (number | bigint | boolean)[];
  let minimum: number | bigint | null = null;
  let maximum: number | bigint | null = null;
  let mean = 0;
  let nans = 0;
  let infinities = 0;
  let finite = 0;
  for (const raw of values) {
    const value = typeof raw === 'boolean' ? Number(raw) : raw;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      if (Number.isNaN(value)) nans += 1;
      else infinities += 1;
      continue;
    }
    if (minimum === null || value < minimum) minimum = value;
    if (maximum === null || value > maximum) maximum = value;
    finite += 1;
    // Halves first: the difference of two doubles can overflow where their mean cannot.
    mean += Number(value) / finite - mean / finite;
  }
  return { count: values.length, minimum, maximum, mean: finite === 0 ? null : mean, nans, infinities };
}

/** The summary in one line. */
export function summaryLine(summary: TensorSummary): string {
  const { count, minimum, maximum, mean, nans, infinities } = summary;
  const parts = [`${count} values`];
  if (minimum !== null && maximum !== null && mean !== null) {
    parts.push(`min ${formatValue(minimum)}`, `max ${formatValue(maximum)}`, `mean ${formatValue(mean)}`);
  }
  if (nans > 0) parts.push(`${nans} NaN`);
  if (infinities > 0) parts.push(`${infinities} infinite`);
  return parts.join(', ');
}
