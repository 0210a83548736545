import type { BenchmarkResult, ComparisonResult, MachineRecord } from '../harness/results.ts';
import type { Spread } from '../harness/statistics.ts';
import { formatFigure } from './format-figure.ts';

/** The machine in one line. */
export function machineLine(machine: MachineRecord): string {
  const { cpu, cores, memoryGiB, os, arch, node, onnxruntime, commit, code } = machine;
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os} ${arch}; Node ${node}, onnxruntime-node ${onnxruntime}; ` +
    `Switchyard ${commit}, ${code === 'dist' ? 'as built' : 'from sources'}`
  );
}

/** `12.3 (12.1–12.9)`: median and quartiles. */
export function spreadText({ median, quartiles }: Spread): string {
  return `${formatFigure(median)} (${quartiles.map((figure) => formatFigure(figure)).join('–')})`;
}

/** What a comparison says, as in `thread / plain worker, p50 256 B`. */
export function comparisonLabel({ of, over, kind, metric }: ComparisonResult): string {
  if (over === null) return `${of}, ${metric}`;
  return `${of} ${kind === 'ratio' ? '/' : '−'} ${over}, ${metric}`;
}

/** The bound and whether it is met, or nothing without one. */
export function verdictText({ target, met }: ComparisonResult): string {
  if (target === undefined || met === null) return '';
  const bounds = [
    ...(target.atMost === undefined ? [] : [`at most ${formatFigure(target.atMost)}`]),
    ...(target.atLeast === undefined ? [] : [`at least ${formatFigure(target.atLeast)}`]),
  ];
  return `${met ? 'met' : 'MISSED'}: ${bounds.join(', ')} (${target.from})`;
}

/** One benchmark as lines of text. */
export function renderBenchmark(result: BenchmarkResult): string {
  const { name, title, rounds, processes, load, seconds } = result;
  const lines = [
    `${name}: ${title}`,
    `  ${rounds} rounds, ${processes === 'shared' ? 'one process, in turn' : 'a process per round'}; ` +
      `load ${load.map((figure) => figure.toFixed(1)).join(' → ')}; ${seconds.toFixed(0)} s`,
  ];
  if (result.skipped !== null) lines.push(`  skipped: ${result.skipped}`);
  if (result.failure !== null) lines.push(`  FAILED: ${result.failure.replaceAll('\n', '\n  ')}`);
  const rows = result.contenders.flatMap((contender) => {
    if (contender.skipped !== null) return [[contender.name, `skipped: ${contender.skipped}`]];
    return result.metrics.flatMap(({ name: metric, unit }) => {
      const spread = contender.metrics[metric];
      return spread === undefined ? [] : [[contender.name, metric, `${spreadText(spread)} ${unit}`]];
    });
  });
  const compared = result.comparisons.map((comparison) => [
    comparisonLabel(comparison),
    `${spreadText(comparison.spread)} ${comparison.unit}`,
    verdictText(comparison),
  ]);
  return [
    ...lines,
    ...table(rows),
    ...(compared.length === 0 ? [] : ['  beside each other:']),
    ...table(compared),
  ].join('\n');
}

/** What stands above the benchmarks. */
export function renderHead(machine: MachineRecord, time: string, quick: boolean): string {
  const lines = [machineLine(machine), `${time}; median (25th–75th percentile) of the rounds.`];
  if (quick) lines.push('Quick mode: this shows that everything runs; the figures mean nothing.');
  return lines.join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(0, ...rows.filter((row) => row.length > column + 1).map((row) => row[column]!.length)),
  );
  return rows.map((row) =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
