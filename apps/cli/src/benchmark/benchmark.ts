import type { DeviceV1, PlacementV1, ReasonCode } from '@switchyard/core';
import type { CalibratedBackend, Measured } from '@switchyard/runtime';

/** One backend with one size of the batch. All times are milliseconds. */
export interface BenchmarkResult {
  readonly backend: string;
  readonly device: DeviceV1;
  /** Items of one run; `null` where the shapes of the model do not tell. */
  readonly batch: number | null;
  /** Why the figures end where they end, or `null` when everything was measured. */
  readonly problem: string | null;
  /** Opening in a new process: starting it, loading the engine, loading and compiling the model. */
  readonly coldOpenMs: number | null;
  /** Opening once more. */
  readonly reopenMs: number | null;
  /** First run, which may compile; not among the runs below. */
  readonly firstRunMs: number | null;
  readonly runs: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  /** Runs in a second at the median, one after the other. */
  readonly runsPerSecond: number | null;
  /** The same times `batch`. */
  readonly itemsPerSecond: number | null;
  readonly residentBytes: Measured;
  /** Execution providers that the session was opened with. */
  readonly executionProviders: readonly string[];
  /** Where the nodes really ran, or `null` where that was not reached. */
  readonly placement: PlacementV1 | null;
}

/** A backend that was named and that selection refuses. */
export interface RefusedBackend {
  readonly backend: string;
  readonly code: ReasonCode;
  readonly message: string;
  readonly remedy: string | null;
}

/** What `switchyard bench --json` prints; described in docs/reference/diagnostics.md. */
export interface Benchmark {
  readonly schema: 1;
  /** ISO 8601, UTC. */
  readonly when: string;
  readonly model: string;
  readonly inputs: 'given' | 'generated';
  readonly host: { readonly fingerprint: string; readonly cpu: string | null; readonly node: string };
  readonly results: readonly BenchmarkResult[];
  readonly refused: readonly RefusedBackend[];
}

/** The figures of one backend, with what follows from them. */
export function resultOf(measured: CalibratedBackend, batch: number | null): BenchmarkResult {
  const { p50Ms, ...rest } = measured;
  const perSecond = p50Ms === null || p50Ms <= 0 ? null : 1000 / p50Ms;
  return {
    backend: rest.backend,
    device: rest.device,
    batch,
    problem: rest.problem,
    coldOpenMs: rest.coldOpenMs,
    reopenMs: rest.reopenMs,
    firstRunMs: rest.firstRunMs,
    runs: rest.runs,
    medianMs: p50Ms,
    p95Ms: rest.p95Ms,
    runsPerSecond: perSecond,
    itemsPerSecond: perSecond === null || batch === null ? null : perSecond * batch,
    residentBytes: rest.residentBytes,
    executionProviders: rest.executionProviders,
    placement: rest.placement,
  };
}

/** Which execution providers really ran nodes, with their share: only what the engine's records show. */
export function ranOn({ placement, executionProviders }: BenchmarkResult): string {
  const used = (placement?.providers ?? []).filter(
    ({ nodes, timeShare }) => nodes !== 0 || (timeShare ?? 0) > 0,
  );
  if (placement === null || used.length === 0) {
    const opened = executionProviders.join(', ') || 'unknown';
    return `not verified (opened with ${opened})`;
  }
  return used
    .map(({ name, nodes, timeShare }) => {
      const count = nodes === null ? '' : ` ${nodes} nodes`;
      const time = timeShare === null ? '' : ` ${(timeShare * 100).toFixed(0)} % of the time`;
      return `${name.replace(/ExecutionProvider$/, '')}${count}${count !== '' && time !== '' ? ',' : ''}${time}`;
    })
    .join('; ');
}

/** A time or rate for people. */
export function figure(value: number | null): string {
  if (value === null) return '-';
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
