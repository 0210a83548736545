import { errorText, type BackendV1, type DeviceV1, type PlacementV1 } from '@switchyard/core';
import { calibrate, runTrials, type TrialFigures } from '@switchyard/runtime';

/** Rows of the model of the figures, so that a run is long enough to be timed. */
const BATCH = 64;

/** What was measured of one backend beside the reference. */
export interface Figures {
  readonly placement: PlacementV1 | null;
  readonly parity: NonNullable<TrialFigures['parity']>[number]['outputs'] | null;
  readonly speed: TrialFigures['speed'];
  /** Why something is missing, in sentences. */
  readonly notes: readonly string[];
}

/** A backend on a device. */
export interface Subject {
  readonly backend: BackendV1;
  readonly device: DeviceV1;
}

/** Runs the model on the backend and on the reference, side by side, each in a process of its own. */
export async function takeFigures(
  model: { readonly bytes: Uint8Array; readonly name: string },
  candidate: Subject,
  reference: Subject,
  signal: AbortSignal | undefined,
): Promise<Figures> {
  const settings = { model, freeDimensions: { batch: BATCH }, ...(signal === undefined ? {} : { signal }) };
  const { figures, notRun } = await runTrials({
    ...settings,
    candidate,
    reference,
    // Figures, not a verdict: nothing is too slow, and where the nodes are decides nothing.
    policy: { speed: { maximumRatio: Number.MAX_VALUE } },
    trials: ['parity', 'speed'],
  });
  return {
    placement: await placementOf(settings, candidate),
    parity: figures.parity?.flatMap(({ outputs }) => outputs) ?? null,
    speed: figures.speed,
    notes: [...figures.notes, ...notRun.map(({ trial, why }) => `${trial}: ${errorText(why)}`)],
  };
}

/** Where the nodes are, without a trial that a backend which cannot tell would fail. */
async function placementOf(
  settings: Omit<Parameters<typeof calibrate>[0], 'subjects'>,
  subject: Subject,
): Promise<PlacementV1 | null> {
  const { backends } = await calibrate({ ...settings, subjects: [subject], runs: 1 });
  return backends[0]?.placement ?? null;
}
