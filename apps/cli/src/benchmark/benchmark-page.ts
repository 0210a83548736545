import { escapeHtml } from '@switchyard/core';
import { formatBytes } from '../render-summary.ts';
import { figure, ranOn, type Benchmark, type BenchmarkResult } from './benchmark.ts';
import { batchesOf } from './render-benchmark.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c1e21; background: #fff; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d5d8dc; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { display: block; max-width: 100%; height: auto; margin: .5rem 0 1.5rem; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
.bar { fill: #2f6f9f; } .whisker { stroke: #b3541e; stroke-width: 2; }
@media (prefers-color-scheme: dark) { body { color: #e6e7e9; background: #16181b; } th, td { border-color: #3a3e44; } .bar { fill: #6aa9d6; } }
`;

/** A benchmark as one HTML page with plots in it; it needs nothing from anywhere else. */
export function benchmarkPage(benchmark: Benchmark): string {
  const { model, when, inputs, host, results, refused } = benchmark;
  const plots = batchesOf(results).flatMap((batch) => {
    const of = results.filter((one) => one.batch === batch && one.medianMs !== null);
    if (of.length === 0) return [];
    const which = batch === null ? '' : `, batch ${batch}`;
    return [
      plot(
        `Time of a run in milliseconds${which}: bar to the median, line at the 95th percentile`,
        of,
        (one) => ({
          value: one.medianMs!,
          mark: one.p95Ms,
        }),
      ),
      plot(`${of[0]!.batch === null ? 'Runs' : 'Items'} per second at the median${which}`, of, (one) => ({
        value: one.itemsPerSecond ?? one.runsPerSecond ?? 0,
        mark: null,
      })),
    ];
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Benchmark of ${escapeHtml(model)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Benchmark of ${escapeHtml(model)}</h1>
<p>${escapeHtml(when)}, inputs ${inputs}, ${escapeHtml(host.cpu ?? 'unknown processor')}, Node ${escapeHtml(host.node)}, host ${escapeHtml(host.fingerprint)}.</p>
<p>Each backend ran in a process of its own, one after the other. Opening and the first run are apart from the
runs that were measured.</p>
${plots.join('\n')}
<table>
<tr>${HEAD.map((head) => `<th>${head}</th>`).join('')}</tr>
${results.map((result) => row(result)).join('\n')}
</table>
${refused.map(({ backend, code, message, remedy }) => `<p><b>${escapeHtml(backend)}</b> was refused (${code}): ${escapeHtml(message)} ${escapeHtml(remedy ?? '')}</p>`).join('\n')}
</body>
</html>
`;
}

const HEAD = [
  'Backend',
  'Batch',
  'Cold open',
  'Opened again',
  'First run',
  'Median',
  'p95',
  'Runs',
  'Memory',
  'Ran on',
];

function row(result: BenchmarkResult): string {
  const { device, residentBytes, problem } = result;
  const time = (value: number | null): string => number(value === null ? '-' : `${figure(value)} ms`);
  const memory = residentBytes.known
    ? formatBytes(residentBytes.value)
    : `unknown: ${escapeHtml(residentBytes.why)}`;
  return [
    `<tr><td>${escapeHtml(result.backend)}<br>${escapeHtml(device.name)}</td>`,
    number(result.batch === null ? 'fixed' : String(result.batch)),
    time(result.coldOpenMs),
    time(result.reopenMs),
    time(result.firstRunMs),
    time(result.medianMs),
    time(result.p95Ms),
    number(String(result.runs)),
    number(memory),
    `<td>${escapeHtml(ranOn(result))}${problem === null ? '' : `<br>${escapeHtml(problem)}`}</td></tr>`,
  ].join('');
}

function number(text: string): string {
  return `<td class="number">${text}</td>`;
}

const ROW = 34;
const LABEL = 110;
const BAR = 460;

function plot(
  title: string,
  results: readonly BenchmarkResult[],
  figureOf: (result: BenchmarkResult) => { readonly value: number; readonly mark: number | null },
): string {
  const figures = results.map((result) => ({ backend: result.backend, ...figureOf(result) }));
  const longest = Math.max(...figures.flatMap(({ value, mark }) => [value, mark ?? 0])) || 1;
  const scale = (value: number): string => ((value / longest) * BAR).toFixed(1);
  const bars = figures.map(({ backend, value, mark }, index) => {
    const top = index * ROW + 6;
    const line =
      mark === null
        ? ''
        : `<line class="whisker" x1="${LABEL + Number(scale(mark))}" x2="${LABEL + Number(scale(mark))}" y1="${top - 2}" y2="${top + 24}"/>`;
    const said = mark === null ? figure(value) : `${figure(value)}, p95 ${figure(mark)}`;
    const end = LABEL + Number(scale(Math.max(value, mark ?? 0))) + 8;
    return `<text x="0" y="${top + 16}">${escapeHtml(backend)}</text><rect class="bar" x="${LABEL}" y="${top}" width="${scale(value)}" height="22"/>${line}<text x="${end.toFixed(1)}" y="${top + 16}">${said}</text>`;
  });
  return `<h2>${escapeHtml(title)}</h2>
<svg viewBox="0 0 ${LABEL + BAR + 190} ${figures.length * ROW + 8}" role="img" aria-label="${escapeHtml(title)}">${bars.join('')}</svg>`;
}
