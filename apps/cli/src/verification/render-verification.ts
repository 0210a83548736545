import type { PlacementV1 } from '@switchyard/core';
import type { Invocation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { Verification } from './verification.ts';

const TRIAL_COLORS = { passed: 'green', failed: 'red', 'not-run': 'yellow' } as const;
const VERDICT_COLORS = { passed: 'green', failed: 'red', inconclusive: 'yellow' } as const;

/** A verification as text: where the nodes ran, how far each output is off, the trials, the verdict. */
export function renderVerification(
  verification: Verification,
  { context, options }: Pick<Invocation, 'context' | 'options'>,
): string {
  const { device, backend, strict, model, trials, verdict, summary, notes } = verification;
  const style = styleFor(context.stdout, context.environment, options.color);
  const emulated = device.software === true ? ', an emulation on the CPU' : '';
  const trialLines = trials.map(({ trial, state, detail }) => {
    const word = state === 'not-run' ? 'not run' : state;
    return `  ${trial.padEnd(9)}  ${style(TRIAL_COLORS[state], word.padEnd(7))}  ${detail}\n`;
  });
  return [
    `Model:    ${model}\n`,
    `Backend:  ${backend} on ${device.name} (${device.id})${emulated}${strict ? ', strict' : ''}\n`,
    `Inputs:   ${verification.inputs}${casesText(verification)}\n`,
    ...timeLines(verification),
    `\n${style('bold', 'Placement')}\n`,
    renderPlacement(verification.placement),
    `\n${style('bold', 'Against cpu')}\n`,
    parityTable(verification),
    `\n${style('bold', 'Trials')}\n`,
    ...trialLines,
    ...notes.map((note) => style('dim', `  note: ${note}\n`)),
    `\n${style(VERDICT_COLORS[verdict], `Verdict: ${verdict}.`)} ${summary}\n`,
  ].join('');
}

/** Where the nodes ran: provider, nodes, share of the time, operators. */
function renderPlacement(placement: PlacementV1 | null): string {
  if (placement === null) return '  It was not reached.\n';
  const rows = placement.providers.map(({ name, nodes, timeShare, operators }) => [
    name,
    nodes === null ? 'unknown' : String(nodes),
    timeShare === null ? 'not measured' : `${(timeShare * 100).toFixed(1)} %`,
    Object.entries(operators ?? {})
      .toSorted(([, left], [, right]) => right - left)
      .map(([operator, count]) => `${operator} ${count}`)
      .join(', ') || 'not told',
  ]);
  const whole = placement.complete ? 'every node is accounted for' : 'not every node is accounted for';
  const parts = placement.partitions === null ? '' : `, ${placement.partitions} partitions`;
  const found = rows.length === 0 ? '' : table([['PROVIDER', 'NODES', 'TIME', 'OPERATORS'], ...rows], '  ');
  return `${found}  ${whole}${parts}; read from ${placement.source}\n`;
}

function casesText({ cases }: Verification): string {
  if (cases.length === 0) return '';
  const list = cases.map(({ label, shapes }) => {
    const inputs = Object.entries(shapes).map(([name, shape]) => `${name} [${shape.join(', ')}]`);
    return `${label}: ${inputs.join(', ')}`;
  });
  return `; ${list.join('; ')}`;
}

function timeLines({ openMs, firstRunMs }: Verification): readonly string[] {
  const parts = [
    ...(openMs.candidate === null ? [] : [`opening ${milliseconds(openMs.candidate)}`]),
    ...(openMs.reference === null ? [] : [`opening on cpu ${milliseconds(openMs.reference)}`]),
    ...(firstRunMs === null ? [] : [`first run ${milliseconds(firstRunMs)}`]),
  ];
  return parts.length === 0 ? [] : [`Times:    ${parts.join(', ')}\n`];
}

function parityTable({ parity }: Verification): string {
  if (parity === null || parity.length === 0) return '  It was not reached.\n';
  const rows = parity.flatMap(({ label, outputs }) =>
    outputs.map((output) => [
      label,
      output.output,
      `${output.dtype} [${output.shape.join(', ')}]`,
      figure(output.maxAbsoluteError),
      figure(output.maxRelativeError),
      output.cosineSimilarity === null ? '-' : output.cosineSimilarity.toFixed(6),
      output.agrees ? 'agrees' : (output.problem ?? 'differs'),
    ]),
  );
  return table([['CASE', 'OUTPUT', 'TYPE', 'ABSOLUTE', 'RELATIVE', 'COSINE', ''], ...rows], '  ');
}

function figure(value: number | null): string {
  return value === null ? '-' : String(Number(value.toPrecision(3)));
}

function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
