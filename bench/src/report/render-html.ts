import { escapeHtml } from '@switchyard/core';
import type { BenchmarkResult, BenchReport } from '../harness/results.ts';
import { rangePlot } from './range-plot.ts';
import { comparisonLabel, machineLine, spreadText, verdictText } from './render-text.ts';

const STYLE = `
  :root { color-scheme: light dark; --ink: #1d2433; --soft: #68738a; --line: #d5dae3; --mark: #1f6feb; --bad: #b42318; --back: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf2; --soft: #98a3b8; --line: #353d4d; --mark: #6ea8ff; --bad: #ff8a7a; --back: #12161f; } }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; } p.small, figcaption { color: var(--soft); font-size: 13px; } figure { margin: 1rem 0; }
  table { border-collapse: collapse; width: 100%; font-size: 13px; } td, th { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); }
  .missed { color: var(--bad); font-weight: 600; } svg { width: 100%; font: 12px system-ui, sans-serif; fill: var(--ink); }
  .grid { stroke: var(--line); } .tick { text-anchor: middle; fill: var(--soft); } .label, .figure { text-anchor: end; }
  .range { stroke: var(--soft); stroke-width: 1.5; } .box { fill: var(--mark); opacity: .3; } .median { fill: var(--mark); }
`;

/** The report as one page that needs nothing else. */
export function renderHtml(report: BenchReport): string {
  const quick = report.quick
    ? '<p class="missed">Quick mode: this shows that everything runs; the figures mean nothing.</p>'
    : '';
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Switchyard, benchmarks</title>` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>` +
    `<h1>Switchyard, benchmarks</h1><p>${escapeHtml(machineLine(report.machine))}</p>` +
    `<p class="small">${escapeHtml(report.time)}. Dot: median of the rounds; box: quartiles; line: smallest to largest.</p>` +
    `${quick}${report.benchmarks.map(section).join('\n')}</body></html>\n`
  );
}

function section(result: BenchmarkResult): string {
  const { name, title, method, rounds, load, skipped, failure } = result;
  const parts = [
    `<h2 id="${name}">${escapeHtml(title)}</h2>`,
    `<p class="small"><code>${name}</code>. ${escapeHtml(method)} ${rounds} rounds; load average ` +
      `${load.map((figure) => figure.toFixed(1)).join(' before, ')} after.</p>`,
  ];
  if (skipped !== null) parts.push(`<p>Skipped: ${escapeHtml(skipped)}</p>`);
  if (failure !== null) parts.push(`<pre class="missed">${escapeHtml(failure)}</pre>`);
  for (const metric of result.metrics) {
    const rows = result.contenders.flatMap(({ name: label, metrics }) => {
      const spread = metrics[metric.name];
      return spread === undefined ? [] : [{ label, spread }];
    });
    if (rows.length > 0) parts.push(rangePlot(metric.name, metric.unit, rows));
  }
  for (const contender of result.contenders) {
    if (contender.skipped === null) continue;
    parts.push(`<p>${escapeHtml(contender.name)}: skipped. ${escapeHtml(contender.skipped)}</p>`);
  }
  if (result.comparisons.length > 0) {
    const rows = result.comparisons.map((comparison) => {
      const cells = [
        comparisonLabel(comparison),
        `${spreadText(comparison.spread)} ${comparison.unit}`,
        [verdictText(comparison), comparison.note ?? ''].filter((text) => text !== '').join('. '),
      ].map((text) => `<td>${escapeHtml(text)}</td>`);
      return `<tr${comparison.met === false ? ' class="missed"' : ''}>${cells.join('')}</tr>`;
    });
    parts.push(
      `<table><tr><th>side by side</th><th>median (quartiles)</th><th>target</th></tr>${rows.join('')}</table>`,
    );
  }
  return `<section>${parts.join('\n')}</section>`;
}
