import { escapeHtml } from '@switchyard/core';
import type { Spread } from '../harness/statistics.ts';
import { formatFigure } from './format-figure.ts';

const [LABELS, PLOT, FIGURES, ROW, AXIS] = [270, 420, 110, 24, 26];

/** One line of a plot. */
export interface PlotRow {
  readonly label: string;
  readonly spread: Spread;
}

/** A plot of rows over one scale: a dot at the median, a box from quartile to quartile, a line from end to end. */
export function rangePlot(title: string, unit: string, rows: readonly PlotRow[]): string {
  const scale = scaleOf(rows);
  const height = rows.length * ROW + AXIS;
  const parts = scale.ticks.map((tick) => {
    const at = place(scale, tick);
    return (
      `<line class="grid" x1="${at}" x2="${at}" y1="0" y2="${rows.length * ROW}"/>` +
      `<text class="tick" x="${at}" y="${height - 10}">${formatFigure(tick)}</text>`
    );
  });
  for (const [index, { label, spread }] of rows.entries()) {
    const middle = index * ROW + ROW / 2;
    const [from, low, median, high, to] = [
      spread.minimum,
      spread.quartiles[0],
      spread.median,
      spread.quartiles[1],
      spread.maximum,
    ].map((figure) => place(scale, figure));
    parts.push(
      `<text class="label" x="${LABELS - 10}" y="${middle + 4}">${escapeHtml(label)}</text>`,
      `<line class="range" x1="${from}" x2="${to}" y1="${middle}" y2="${middle}"/>`,
      `<rect class="box" x="${low}" y="${middle - 6}" width="${Math.max(1, high! - low!)}" height="12"/>`,
      `<circle class="median" cx="${median}" cy="${middle}" r="4"/>`,
      `<text class="figure" x="${LABELS + PLOT + FIGURES}" y="${middle + 4}">${formatFigure(spread.median)} ${escapeHtml(unit)}</text>`,
    );
  }
  const words = `${title}, ${unit}${scale.logarithmic ? ', logarithmic scale' : ''}`;
  return (
    `<figure><figcaption>${escapeHtml(words)}</figcaption>` +
    `<svg viewBox="0 0 ${LABELS + PLOT + FIGURES + 10} ${height}" role="img" aria-label="${escapeHtml(words)}">` +
    `${parts.join('')}</svg></figure>`
  );
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly logarithmic: boolean;
  readonly ticks: readonly number[];
}

/** Linear from zero, or logarithmic where the largest value would hide the others. */
function scaleOf(rows: readonly PlotRow[]): Scale {
  const lows = rows.map(({ spread }) => spread.minimum);
  const highs = rows.map(({ spread }) => spread.maximum);
  const [lowest, highest] = [Math.min(...lows), Math.max(...highs)];
  if (lowest > 0 && highest / lowest > 20) {
    const [first, last] = [Math.floor(Math.log10(lowest)), Math.ceil(Math.log10(highest))];
    const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
    return { from: 10 ** first, to: 10 ** last, logarithmic: true, ticks };
  }
  const width = Math.max(highest, 0) - Math.min(lowest, 0) || 1;
  const rough = width / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const from = Math.floor(Math.min(lowest, 0) / step) * step;
  const to = Math.ceil(Math.max(highest, 0) / step) * step || step;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  return { from, to, logarithmic: false, ticks };
}

function place({ from, to, logarithmic }: Scale, figure: number): number {
  const share = logarithmic ? Math.log(figure / from) / Math.log(to / from) : (figure - from) / (to - from);
  return Math.round((LABELS + share * PLOT) * 10) / 10;
}
