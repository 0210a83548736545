import type { SelectionReport } from '@switchyard/core';
import type { Session } from '@switchyard/runtime';
import type { DeviceTruth } from './model-executor.ts';

/** What runs the model, as the engine said after opening, with the words of selection for why. */
export function deviceTruth(session: Session): DeviceTruth {
  const { selection, device, executionProviders } = session;
  const backend = selection.selected?.backend ?? 'unknown';
  const chosen = selection.candidates.find((candidate) => candidate.backend === backend);
  const reason = chosen?.reasons[0]?.message ?? selection.basis ?? 'unknown';
  return { backend, device, executionProviders, fallback: fallbackOf(selection, backend), reason };
}

function fallbackOf(selection: SelectionReport, backend: string): string | null {
  if (!selection.degraded) return null;
  const rejected = selection.candidates.filter(({ status }) => status === 'rejected');
  const words = rejected.map((one) => `\`${one.backend}\`: ${one.reasons[0]?.message ?? 'no reason known.'}`);
  return `\`${backend}\` runs in the place of what was preferred. ${words.join(' ')}`.trim();
}
