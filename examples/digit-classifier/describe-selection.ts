import type { SelectionReport } from '@switchyard/core';

/** One line from the report and from nothing else: which backend ran the model, on what, and why. */
export function describeSelection(report: SelectionReport): string {
  const { selected } = report;
  if (selected === null) return `Nothing was selected: ${report.refusal?.message ?? 'no reason was given.'}`;
  const candidate = report.candidates.find(({ backend }) => backend === selected.backend);
  const why = candidate?.reasons.map(({ message }) => message).join(' ') ?? 'no reason was given.';
  return `Ran on ${selected.backend}, device ${selected.device} (${selected.deviceName}): ${why}`;
}
