import { deviceProblem, reasonProblem, type ProbeOutcome } from '@switchyard/core';
import type { Store } from '../store/open-store.ts';
import { probeOutcome, type ProbeRecord } from './probe-record.ts';

/** Kind of the entries of probes in a store. */
export const PROBE_KIND: string = 'probe';
const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long it counts that a backend works, and that it or one of its devices does not, in milliseconds. */
const REMEMBER_WORKING_MS = 30 * DAY_MS;
const REMEMBER_FAILING_MS = 10 * MINUTE_MS;

/** A probe that was remembered and still counts. */
export interface RememberedProbe {
  readonly record: ProbeRecord;
  /** What selection takes. */
  readonly outcome: ProbeOutcome;
  readonly recordedAt: Date;
  /** Milliseconds since. */
  readonly ageMs: number;
}

/**
 * Remembers a probe. One that did not end in time, as a whole or for one of its devices, proves nothing and is
 * not kept; nor is one that could not be made. Neither replaces what was remembered before.
 *
 * @returns whether it was kept
 */
export async function rememberProbe(
  store: Store,
  fingerprint: string,
  record: ProbeRecord,
): Promise<boolean> {
  return lifetimeOf(record) === null ? false : store.write(PROBE_KIND, fingerprint, record);
}

/** What is remembered of a backend under its fingerprint, or `null`. Something that is no record is not remembered. */
export async function rememberedProbe(store: Store, fingerprint: string): Promise<RememberedProbe | null> {
  const remembered = await store.read(PROBE_KIND, fingerprint);
  if (remembered === null || !isRecord(remembered.value)) return null;
  const record = remembered.value;
  const outcome = probeOutcome(record);
  const lifetime = lifetimeOf(record);
  if (outcome === null || lifetime === null || remembered.ageMs > lifetime) return null;
  return { record, outcome, recordedAt: remembered.recordedAt, ageMs: remembered.ageMs };
}

function lifetimeOf({ status, reason, levels }: ProbeRecord): number | null {
  const statuses = [status, ...levels.map((level) => level.status)];
  if (status === 'unknown' || reason?.code === 'probe-timeout' || statuses.includes('timeout')) return null;
  const failing = statuses.some((each) => each === 'failed' || each === 'crashed');
  return failing ? REMEMBER_FAILING_MS : REMEMBER_WORKING_MS;
}

/** Whether a value is a record as far as selection and reports rely on it; files can be edited. */
function isRecord(value: unknown): value is ProbeRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, backend, status, summary, devices, reason, levels } = value as Partial<ProbeRecord>;
  return (
    schema === 1 &&
    typeof backend === 'string' &&
    typeof summary === 'string' &&
    summary !== '' &&
    ['ok', 'failed', 'crashed'].includes(status as string) &&
    Array.isArray(devices) &&
    devices.every((device) => deviceProblem(device) === null) &&
    (status === 'ok' ? reason === null && devices.length > 0 : reasonProblem(reason) === null) &&
    Array.isArray(levels) &&
    levels.every((level: unknown) => typeof level === 'object' && level !== null)
  );
}
