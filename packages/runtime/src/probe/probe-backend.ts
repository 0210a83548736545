import type { BackendV1, HostFacts, OptionValuesV1 } from '@switchyard/core';
import { lookForProbeFiles } from './look-for-probe-files.ts';
import { probeDeadlines, type ProbeDeadlines } from './probe-deadlines.ts';
import { probeInline } from './probe-inline.ts';
import {
  NO_EVIDENCE,
  type ProbeEvidence,
  type ProbeLevel,
  type ProbeLevelName,
  type ProbeRecord,
} from './probe-record.ts';
import { devicesOfEngine, triedDevices, verdictOf } from './probe-verdict.ts';
import { probeAborted } from './probe-aborted.ts';
import type { ProbeEnding } from './run-probe-child.ts';

export interface ProbeBackendRequest {
  readonly backend: BackendV1;
  readonly host: HostFacts;
  /** (optional) Options that the tiny model is opened with, checked against the schema. Default: none. */
  readonly options?: OptionValuesV1;
  /** (optional) Milliseconds by level and in total. Default: `PROBE_DEADLINES`. */
  readonly deadlines?: Partial<ProbeDeadlines>;
  /** (optional) Resident memory at which the process of the probe is ended, in bytes. Default: 8 GiB. */
  readonly memoryLimitBytes?: number;
  /** (optional) Ends the probe at once. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Told of each level when it begins and when it has ended. Default: nobody is told. */
  readonly onLevel?: (level: ProbeLevelName, ended: ProbeLevel | null) => void;
}

const MEMORY_LIMIT = 8 * 1024 ** 3;

/** Devices beyond this are not tried again in a process of their own after one of them ended the process. */
const MAX_PROCESSES = 8;

/**
 * Finds out whether a backend works on this machine, level by level, and never takes the caller's process down
 * with it: everything that runs the backend's code does so in a process of its own, whose crash, silence or
 * noise is an outcome. A device that ends that process is left out, and the others are tried in another one.
 *
 * A backend without `origin` cannot be made in another process. It is tried in this one if it says that it may
 * run inline, and otherwise not at all (`unknown`).
 *
 * @throws ExecutionError `aborted`, RangeError for a deadline that is none
 */
export async function probeBackend(request: ProbeBackendRequest): Promise<ProbeRecord> {
  const began = performance.now();
  const deadlines = probeDeadlines(request.deadlines);
  const { backend, host, options = {}, signal, memoryLimitBytes = MEMORY_LIMIT } = request;
  const { manifest, origin } = backend;
  const levels: ProbeLevel[] = [];
  const onBegin = (level: ProbeLevelName): void => request.onLevel?.(level, null);
  const record = (end: ProbeLevel): void => {
    const { level, device, reason, note, devices, placement, durationMs } = end;
    // A backend that ran out of time itself says so; that proves nothing either.
    const status = reason?.code === 'probe-timeout' ? 'timeout' : end.status;
    const ended: ProbeLevel = { level, device, status, reason, note, devices, placement, durationMs };
    levels.push(ended);
    request.onLevel?.(level, ended);
  };
  const finish = (
    isolation: ProbeRecord['isolation'],
    verdict: Pick<ProbeRecord, 'status' | 'summary' | 'devices' | 'reason'>,
    evidence: ProbeEvidence,
  ): ProbeRecord => ({
    schema: 1,
    backend: manifest.id,
    package: { name: manifest.package.name, version: manifest.package.version },
    isolation,
    recordedAt: new Date().toISOString(),
    durationMs: performance.now() - began,
    ...verdict,
    levels,
    evidence,
  });

  if (signal?.aborted === true) throw probeAborted(manifest.id, signal);
  onBegin('artifacts');
  const artifacts = await lookForProbeFiles(backend, host, deadlines.artifacts);
  record(artifacts);
  if (artifacts.reason !== null) return finish('none', verdictOf(levels, null), NO_EVIDENCE);

  if (origin === undefined) {
    if (manifest.isolation.minimum !== 'inline') {
      const summary = `\`${manifest.package.name}\` does not say where its code is (\`origin\`), so that no other process can try it, and it must not run in this one.`;
      return finish('none', { status: 'unknown', summary, devices: [], reason: null }, NO_EVIDENCE);
    }
    const run = { backend, host, options, skip: [], deadlines, ...(signal === undefined ? {} : { signal }) };
    const ending = await probeInline(run, onBegin, record);
    closeLevel(ending, record);
    return finish('inline', verdictOf(levels, ending), NO_EVIDENCE);
  }

  for (let processes = 1; ; processes += 1) {
    const skip = triedDevices(levels);
    const { runProbeChild } = await import('./run-probe-child.ts');
    const { ending, evidence } = await runProbeChild({
      request: {
        origin,
        expected: { id: manifest.id, package: manifest.package.name },
        host,
        options,
        skip,
        memoryLimitBytes,
      },
      deadlines,
      over: began + deadlines.total,
      signal,
      onBegin,
      onEnd(end) {
        // A second process goes through the first levels again; they were recorded.
        const known = levels.some(
          ({ level, device, status }) => level === end.level && device === end.device && status === 'ok',
        );
        if (!known) record(end);
      },
    });
    closeLevel(ending, record);
    const endedByDevice =
      (ending.kind === 'crashed' || ending.kind === 'timeout') && ending.during?.device != null;
    const goOn = endedByDevice && processes < MAX_PROCESSES && performance.now() < began + deadlines.total;
    if (goOn && triedDevices(levels).length < devicesOfEngine(levels).length) continue;
    return finish('process', verdictOf(levels, endedByDevice ? null : ending), evidence);
  }
}

/** Gives the level that a process died in its end. */
function closeLevel(ending: ProbeEnding, record: (end: ProbeLevel) => void): void {
  if (ending.kind === 'answered' || ending.kind === 'unknown' || ending.during === null) return;
  const { kind: status, reason, during } = ending;
  const { level, device, began } = during;
  const durationMs = performance.now() - began;
  record({ level, device, status, reason, note: reason.message, devices: [], placement: null, durationMs });
}
