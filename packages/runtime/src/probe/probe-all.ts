import {
  askPredicate,
  errorText,
  knownId,
  type ArtifactCheckV1,
  type BackendV1,
  type HostFacts,
  type ProbeOutcome,
  type Registry,
} from '@switchyard/core';
import type { Store } from '../store/open-store.ts';
import { probeBackend, type ProbeBackendRequest } from './probe-backend.ts';
import { probeFingerprint } from './probe-fingerprint.ts';
import { probeOutcome, type ProbeRecord } from './probe-record.ts';
import { rememberedProbe, rememberProbe } from './remembered-probe.ts';

/** How many backends are tried at once: more would measure each other's load. */
const AT_ONCE = 2;

export interface ProbeAllRequest extends Pick<
  ProbeBackendRequest,
  'deadlines' | 'memoryLimitBytes' | 'signal'
> {
  readonly registry: Registry;
  readonly host: HostFacts;
  readonly store: Store;
  /** (optional) Only these backends. Default: all that are known. */
  readonly ids?: readonly string[];
  /** (optional) Try again what is remembered. Default: false. */
  readonly refresh?: boolean;
  /** (optional) Told of each level of each backend. Default: nobody is told. */
  readonly onLevel?: (
    backend: string,
    ...level: Parameters<NonNullable<ProbeBackendRequest['onLevel']>>
  ) => void;
}

/** What became of one backend. */
export type ProbeReport =
  | {
      readonly backend: string;
      readonly state: 'probed' | 'remembered';
      readonly record: ProbeRecord;
      /** `null` when the record says nothing about the backend. */
      readonly outcome: ProbeOutcome | null;
      /** Milliseconds since it was recorded; 0 when that was now. */
      readonly ageMs: number;
    }
  | {
      readonly backend: string;
      readonly state: 'skipped';
      /** Why nothing was tried, in one sentence. */
      readonly why: string;
    };

/**
 * Tries every backend that could run here and is not remembered, two at a time. A backend whose predicate says
 * `no` is skipped, and so is one whose code is not there. The reports are in the order of the registry.
 *
 * @throws ExecutionError `aborted`
 */
export async function probeAll(request: ProbeAllRequest): Promise<readonly ProbeReport[]> {
  const { registry, ids } = request;
  const wanted = registry
    .known()
    .map(knownId)
    .filter((id) => ids === undefined || ids.includes(id));
  const reports = new Map<string, ProbeReport>();
  const waiting = [...wanted];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      reports.set(id, await probeOne(id, request));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return wanted.map((id) => reports.get(id)!);
}

/** The outcomes by backend, as `select` takes them. */
export function probeOutcomes(reports: readonly ProbeReport[]): Readonly<Record<string, ProbeOutcome>> {
  return Object.fromEntries(
    reports.flatMap((report) =>
      report.state === 'skipped' || report.outcome === null
        ? []
        : [[report.backend, report.outcome] as const],
    ),
  );
}

async function probeOne(id: string, request: ProbeAllRequest): Promise<ProbeReport> {
  const { registry, host, store, refresh = false, signal, deadlines, memoryLimitBytes } = request;
  const backend = registry.get(id);
  if (backend === null)
    return { backend: id, state: 'skipped', why: `The code of \`${id}\` is not in this composition.` };
  const asked = askPredicate((facts) => backend.predicate(facts), host);
  if (!asked.ok)
    return {
      backend: id,
      state: 'skipped',
      why: `\`${backend.manifest.package.name}\` is at fault: ${asked.problem}.`,
    };
  if (asked.answer.eligible === 'no')
    return { backend: id, state: 'skipped', why: asked.answer.reasons[0]!.message };

  const fingerprint = await probeFingerprint({ backend, host, artifacts: await artifactsOf(backend, host) });
  const remembered = refresh ? null : await rememberedProbe(store, fingerprint);
  if (remembered !== null) {
    const { record, outcome, ageMs } = remembered;
    return { backend: id, state: 'remembered', record, outcome, ageMs };
  }
  const record = await probeBackend({
    backend,
    host,
    ...(deadlines === undefined ? {} : { deadlines }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    ...(signal === undefined ? {} : { signal }),
    onLevel: (...level) => request.onLevel?.(id, ...level),
  });
  await rememberProbe(store, fingerprint, record);
  return { backend: id, state: 'probed', record, outcome: probeOutcome(record), ageMs: 0 };
}

/** Files for the fingerprint. A look that throws is one of its parts; the probe blames the plugin for it. */
async function artifactsOf(backend: BackendV1, host: HostFacts): Promise<readonly ArtifactCheckV1[]> {
  try {
    return (await backend.doArtifacts?.(host)) ?? [];
  } catch (error) {
    return [{ name: `threw: ${errorText(error)}`, present: false, problem: null }];
  }
}
