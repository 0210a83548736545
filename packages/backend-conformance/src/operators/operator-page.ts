import { escapeHtml } from '@switchyard/core';
import type { OperatorDocument, OperatorRow } from './operator-document.ts';
import { OPERATOR_STATUSES, type OperatorStatus } from './operator-result.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c1e21; background: #fff; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .4rem; }
.cell { border: 1px solid #d5d8dc; border-left: .5rem solid var(--worst); padding: .3rem .5rem; overflow-wrap: anywhere; }
.cell small { display: block; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: .4rem; margin-top: .2rem; } .bar i { background: var(--worst); }
.wrong { --worst: #b3001b; } .crashed { --worst: #6b1fb1; } .failed { --worst: #d2691e; }
.unsupported { --worst: #c9a400; } .skipped { --worst: #9aa1a9; } .passed { --worst: #2e7d4f; }
.key { border-left: .8rem solid var(--worst); padding-left: .4rem; margin-right: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d5d8dc; vertical-align: top; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { color: #e6e7e9; background: #16181b; } .cell, th, td { border-color: #3a3e44; } }
`;

/** A run of the operator suite as one HTML page with a grid; it needs nothing from anywhere else. */
export function operatorPage(document: OperatorDocument): string {
  const { backend, engine, device, counts, operators, others } = document;
  const title = `Operators of ${backend.id}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(backend.package)}, ${escapeHtml(engine ?? 'no native library')}, on ${escapeHtml(device.name)} (${escapeHtml(device.id)}).</p>
<p>${OPERATOR_STATUSES.map((status) => `<span class="key ${status}">${counts[status]} ${status}</span>`).join('\n')}</p>
<h2>Cases that did not pass</h2>
<table>
<tr><th>Ended</th><th>Case</th><th>Operator</th><th>What was found</th></tr>
${others.map((one) => `<tr><td><span class="key ${one.status}">${one.status}</span></td><td>${escapeHtml(one.case)}</td><td>${escapeHtml(one.operator)}</td><td>${escapeHtml(one.detail ?? '')}</td></tr>`).join('\n')}
</table>
<h2>Every operator</h2>
<div class="grid">
${operators.map((row) => cell(row)).join('\n')}
</div>
</body>
</html>
`;
}

function cell({ operator, counts }: OperatorRow): string {
  const there = OPERATOR_STATUSES.filter((status) => counts[status] > 0);
  const words = there.map((status: OperatorStatus) => `${counts[status]} ${status}`).join(', ');
  const bar = there.map((status) => `<i class="${status}" style="flex:${counts[status]}"></i>`).join('');
  return `<div class="cell ${there[0] ?? 'skipped'}"><b>${escapeHtml(operator)}</b><small>${words}</small><div class="bar">${bar}</div></div>`;
}
