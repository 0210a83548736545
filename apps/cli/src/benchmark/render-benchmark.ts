import { formatBytes } from '../render-summary.ts';
import type { Invocation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { figure, ranOn, type Benchmark, type BenchmarkResult } from './benchmark.ts';

/** A benchmark as text: a table, then a chart of the medians for each size of the batch. */
export function renderBenchmark(
  benchmark: Benchmark,
  { context, options }: Pick<Invocation, 'context' | 'options'>,
): string {
  const style = styleFor(context.stdout, context.environment, options.color);
  const { model, inputs, host, results, refused } = benchmark;
  const [head, ...rows] = table([HEAD, ...results.map((result) => row(result))])
    .trimEnd()
    .split('\n');
  const width = Math.max(10, Math.min(50, (context.stdout.columns ?? 100) - 50));
  return [
    `Model:    ${model}, inputs ${inputs}\n`,
    `Host:     ${host.cpu ?? 'unknown processor'}, Node ${host.node} (${host.fingerprint})\n\n`,
    `${[style('bold', head!), ...rows].join('\n')}\n`,
    ...results.map((one) => `${name(one)} ran on: ${ranOn(one)}\n`),
    ...results.flatMap((one) =>
      one.problem === null ? [] : [`${style('yellow', name(one))}: ${one.problem}\n`],
    ),
    ...results.flatMap((one) =>
      one.residentBytes.known
        ? []
        : [style('dim', `${name(one)}: memory unknown. ${one.residentBytes.why}\n`)],
    ),
    ...refused.flatMap(({ backend, code, message, remedy }) => [
      `${style('red', `${backend}: refused (${code})`)} ${message}\n`,
      ...(remedy === null ? [] : [`  -> ${remedy}\n`]),
    ]),
    ...batchesOf(results).map((batch) => chart(results, batch, width)),
  ].join('');
}

const HEAD = ['BACKEND', 'BATCH', 'COLD OPEN', 'FIRST RUN', 'MEDIAN', 'P95', 'RUNS', 'PER SECOND', 'MEMORY'];

function row(result: BenchmarkResult): readonly string[] {
  const { itemsPerSecond, runsPerSecond, residentBytes } = result;
  const rate =
    itemsPerSecond === null
      ? `${figure(runsPerSecond)}${runsPerSecond === null ? '' : ' runs'}`
      : `${figure(itemsPerSecond)} items`;
  return [
    result.backend,
    result.batch === null ? 'fixed' : String(result.batch),
    milliseconds(result.coldOpenMs),
    milliseconds(result.firstRunMs),
    milliseconds(result.medianMs),
    milliseconds(result.p95Ms),
    String(result.runs),
    rate,
    residentBytes.known ? formatBytes(residentBytes.value) : 'unknown',
  ];
}

/** The sizes of the batch in the order in which they were measured. */
export function batchesOf(results: readonly BenchmarkResult[]): readonly (number | null)[] {
  return [...new Set(results.map(({ batch }) => batch))];
}

function chart(results: readonly BenchmarkResult[], batch: number | null, width: number): string {
  const bars = results.filter((one) => one.batch === batch && one.medianMs !== null);
  if (bars.length === 0) return '';
  const longest = Math.max(...bars.map(({ medianMs }) => medianMs!));
  const pad = Math.max(...bars.map(({ backend }) => backend.length));
  const title = batch === null ? 'median of a run' : `median of a run, batch ${batch}`;
  const lines = bars.map(({ backend, medianMs }) => {
    const length = longest === 0 ? 0 : Math.max(1, Math.round((medianMs! / longest) * width));
    return `  ${backend.padEnd(pad)}  ${'█'.repeat(length).padEnd(width)}  ${milliseconds(medianMs)}\n`;
  });
  return `\n${title} (shorter bars take less time)\n${lines.join('')}`;
}

function name({ backend, batch }: BenchmarkResult): string {
  return batch === null ? backend : `${backend}, batch ${batch}`;
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${figure(value)} ms`;
}
