import type { DeviceV1, PlacementV1, SelectionReport, TrialReport } from '@switchyard/core';
import type { TrialFigures, TrialResults } from '@switchyard/runtime';

/** What `switchyard verify --json` prints; described in docs/reference/diagnostics.md. */
export interface Verification extends Omit<TrialFigures, 'placement'> {
  readonly schema: 1;
  /** `inconclusive`: nothing failed, but a trial gave no verdict. */
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** The verdict in one sentence. */
  readonly summary: string;
  readonly model: string;
  readonly backend: string;
  readonly device: DeviceV1;
  readonly strict: boolean;
  /** Every trial that was begun or left out, with its figures in a sentence. */
  readonly trials: readonly TrialReport[];
  readonly placement: PlacementV1 | null;
  /** The selection with these trials. */
  readonly selection: SelectionReport;
}

/** Puts together what the trials showed. */
export function verificationOf(from: {
  readonly model: string;
  readonly backend: string;
  readonly device: DeviceV1;
  readonly strict: boolean;
  readonly results: TrialResults;
  readonly placement: PlacementV1 | null;
  readonly selection: SelectionReport;
}): Verification {
  const { results, selection, backend, model, device, strict, placement } = from;
  const candidate = selection.candidates.find((one) => one.backend === backend);
  const trials = candidate?.trials ?? [];
  const failed = trials.filter(({ state }) => state === 'failed');
  const open = trials.filter(({ state }) => state === 'not-run');
  const verdict =
    failed.length > 0 ? 'failed' : open.length > 0 || trials.length === 0 ? 'inconclusive' : 'passed';
  const where = `\`${backend}\` with this model on ${device.name}`;
  const summary =
    verdict === 'failed'
      ? `${where} failed: ${names(failed)}.`
      : verdict === 'inconclusive'
        ? `${where} showed no fault, but no verdict was reached on: ${names(open) || 'anything'}.`
        : `${where} passed: ${names(trials)}.`;
  return {
    schema: 1,
    verdict,
    summary,
    model,
    backend,
    device,
    strict,
    trials,
    ...results.figures,
    placement,
    selection,
  };
}

function names(list: readonly TrialReport[]): string {
  return list.map(({ trial }) => trial).join(', ');
}
