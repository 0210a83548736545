import type { DeviceV1, IsolationV1, PlacementV1, ProbeOutcome, Reason } from '@switchyard/core';

/**
 * The steps of a probe, in their order:
 *
 * - `artifacts`: the files that the backend needs are there; only directories are read, by the caller's process.
 * - `module`: the backend's module was imported and its factory made the same backend again.
 * - `engine`: the backend's own `doProbe`. It loads the engine; whether it also runs a model is said in `note`.
 * - `devices`: `doDevices` lists what `engine` reported, and says what is software.
 * - `model`: a model of two nodes was opened on the device, run, and its result compared with the stored one.
 * - `placement`: the same model was opened in strict mode, and the engine says where its nodes are.
 */
export type ProbeLevelName = 'artifacts' | 'module' | 'engine' | 'devices' | 'model' | 'placement';

/** How a level ended: `unknown` where the backend cannot tell, `timeout` where it did not end, which proves nothing. */
export type ProbeLevelStatus = 'ok' | 'failed' | 'unknown' | 'crashed' | 'timeout';

/** What one step of a probe showed. */
export interface ProbeLevel {
  readonly level: ProbeLevelName;
  /** The device it was about, for `model` and `placement`; `null` for the others. */
  readonly device: string | null;
  readonly status: ProbeLevelStatus;
  /** Why, for `failed`, `crashed` and `timeout`; `null` otherwise. */
  readonly reason: Reason | null;
  /** What was seen, in a sentence; why it is not known for `unknown`. */
  readonly note: string;
  /** Devices as this level reported them; empty for levels that report none. */
  readonly devices: readonly DeviceV1[];
  /** Where the nodes of the tiny model are, for `placement`; `null` where it was not told. */
  readonly placement: PlacementV1 | null;
  /** Milliseconds that it took where it ran; until the end was seen, where it did not end by itself. */
  readonly durationMs: number;
}

/** What the process of a probe left behind. None of it was believed. */
export interface ProbeEvidence {
  /** Exit status, or `null` when a signal ended the process, it was not seen to end, or there was none. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 4 KiB of standard error. */
  readonly stderr: string;
  /** The last KiB of standard output. */
  readonly stdout: string;
}

/** What a probe of one backend on this machine showed. JSON. */
export interface ProbeRecord {
  readonly schema: 1;
  readonly backend: string;
  readonly package: { readonly name: string; readonly version: string };
  /**
   * `process`: in a process of its own. `inline`: in the caller's, because the backend does not say where its
   * code is; a crash would have ended the caller, and what hung still hangs. `none`: nothing was loaded.
   */
  readonly isolation: Extract<IsolationV1, 'inline' | 'process'> | 'none';
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly durationMs: number;
  /** Whether the backend works; `unknown` when it could not be tried, which says nothing about it. */
  readonly status: ProbeLevelStatus;
  /** One sentence for people. */
  readonly summary: string;
  /** Devices that passed every level. */
  readonly devices: readonly DeviceV1[];
  /** Why it is not `ok`; `null` for `ok` and `unknown`. */
  readonly reason: Reason | null;
  readonly levels: readonly ProbeLevel[];
  readonly evidence: ProbeEvidence;
}

/** The evidence of a probe that had no process. */
export const NO_EVIDENCE: ProbeEvidence = Object.freeze({
  exitCode: null,
  signal: null,
  stderr: '',
  stdout: '',
});

/** The record as selection takes it; `null` for `unknown`, which is the same as never having tried. */
export function probeOutcome(record: ProbeRecord): ProbeOutcome | null {
  const when = record.recordedAt;
  if (record.status === 'ok') return { ok: true, devices: record.devices, evidence: record.summary, when };
  return record.reason === null ? null : { ok: false, reason: record.reason, when };
}
