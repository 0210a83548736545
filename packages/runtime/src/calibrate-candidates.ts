import {
  select,
  selectDevice,
  SelectionError,
  type ModelSourceV1,
  type Registry,
  type SelectInput,
} from '@switchyard/core';
import { optionsFor } from './options-for.ts';
import { calibrate, type CalibrateRequest, type Calibration } from './trials/calibrate.ts';
import type { TrialSubject } from './trials/trial-types.ts';

/** What a calibration may be told. */
export interface CalibrationRequest extends Omit<CalibrateRequest, 'model' | 'subjects' | 'keep'> {
  /** (optional) Backends to measure, each as an exact request. Default: all that an automatic choice could take. */
  readonly backends?: readonly string[];
  /** (optional) Options of the backends, checked against each schema. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * Measures a model on backends that selection lets run here.
 *
 * @throws SelectionError when one that was named is refused, or when nothing can run
 */
export async function calibrateCandidates(
  registry: Registry,
  input: SelectInput,
  model: ModelSourceV1,
  request: CalibrationRequest,
): Promise<Calibration> {
  const { backends, options, ...settings } = request;
  const subjects: TrialSubject[] = [];
  for (const id of backends ?? openCandidates(input)) {
    const source = { layer: 'api', detail: `calibrate: ${id}` } as const;
    const asked = [...input.settings, { kind: 'backend', backend: id, source } as const];
    const { report, device } = selectDevice({ ...input, settings: asked });
    const backend = report.selected === null ? null : registry.get(report.selected.backend);
    if (backend === null || device === null) throw new SelectionError(report);
    subjects.push({
      backend,
      device,
      options: optionsFor(backend, options === undefined ? {} : { options }),
    });
  }
  return calibrate({ ...settings, model, subjects });
}

/** Backends that no gate closed, in the order of selection. */
function openCandidates(input: SelectInput): readonly string[] {
  const report = select(input);
  const open = report.candidates.filter(({ status }) => status === 'selected' || status === 'passed-over');
  if (open.length === 0) throw new SelectionError(report);
  return open.map(({ backend }) => backend);
}
