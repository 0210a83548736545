import {
  askPredicate,
  standingBlockers,
  type ArtifactCheckV1,
  type CandidateReport,
  type DeviceV1,
  type HostFacts,
  type KnownBackend,
  type Reason,
} from '@switchyard/core';
import type { ProbeLevel, ProbeReport } from '@switchyard/runtime';

/**
 * What became of a backend on this machine: `works` was tried and did; `broken` has its hardware here and does
 * not work; `unavailable` is not for this machine; `unproven` was not tried, or trying did not tell.
 */
export type Health =
  | 'works'
  | 'broken'
  | 'unavailable'
  | 'unproven'
  | 'disabled'
  | 'not-installed'
  | 'not-listed';

/** What was tried, or why nothing was. */
export type ProbeText =
  | {
      readonly state: 'probed' | 'remembered';
      readonly status: ProbeLevel['status'];
      readonly summary: string;
      /** ISO 8601, UTC. */
      readonly when: string;
      readonly durationMs: number;
      readonly isolation: string;
      readonly levels: readonly ProbeLevel[];
      /** The last of what its process wrote to standard error. */
      readonly stderr: string;
      /** Signal that ended its process, or `null`. */
      readonly signal: string | null;
    }
  | { readonly state: 'skipped'; readonly why: string };

/** One backend, from its package to what trying it showed. */
export interface BackendDiagnosis {
  readonly backend: string;
  readonly health: Health;
  /** Code and sentence of what decides, or `null` for one that works. */
  readonly problem: Reason | null;
  readonly enabled: boolean;
  readonly optIn: boolean | null;
  readonly status: CandidateReport['status'];
  readonly package: CandidateReport['package'];
  readonly gates: CandidateReport['gates'];
  readonly hardware: {
    readonly eligible: 'yes' | 'no' | 'unknown' | 'not-asked';
    readonly devices: readonly DeviceV1[];
    readonly reasons: readonly Reason[];
  };
  /** Files that come with packages. */
  readonly files: readonly ArtifactCheckV1[];
  /** Libraries and drivers of the system that are missing or too old. */
  readonly libraries: readonly Reason[];
  readonly probe: ProbeText;
  /** What to type or do, most important first. */
  readonly todo: readonly string[];
}

/** Codes that speak of permission and preference, not of whether something works. */
const PERMISSION: readonly string[] = ['opt-in-not-given', 'disabled-by-user', 'not-in-list', 'lower-rank'];

/** Puts together what is known of one backend. */
export function diagnoseBackend(
  candidate: CandidateReport,
  known: KnownBackend,
  host: HostFacts,
  report: ProbeReport | null,
): BackendDiagnosis {
  const { backend, package: packaged, optIn, status, gates } = candidate;
  const asked = known.state === 'installed' ? askPredicate(known.predicate, host) : null;
  const answer = asked?.ok === true ? asked.answer : null;
  const files = known.state === 'installed' ? (known.artifacts ?? []) : [];
  const libraries = standingBlockers(answer?.blockers, files);
  const health = healthOf(candidate, known, report);
  // An emulation works, and is all the same not what anybody wants to run on.
  const emulated = candidate.reasons.find(({ code }) => code === 'software-device') ?? null;
  const problem =
    health === 'works' ? emulated : problemOf(candidate, answer?.reasons ?? [], libraries, files, report);
  const record = report === null || report.state === 'skipped' ? null : report.record;
  return {
    backend,
    health,
    problem,
    enabled: gates.enabled === 'yes',
    optIn,
    status,
    package: packaged,
    gates,
    hardware: {
      eligible: answer?.eligible ?? 'not-asked',
      devices: record?.status === 'ok' ? record.devices : (answer?.devices ?? []),
      reasons: answer?.reasons ?? [],
    },
    files,
    libraries,
    probe: probeText(report, candidate),
    todo: todoOf(candidate, health, problem, libraries, files),
  };
}

function healthOf(candidate: CandidateReport, known: KnownBackend, report: ProbeReport | null): Health {
  if (known.state === 'not-installed') return 'not-installed';
  if (known.state === 'not-listed') return 'not-listed';
  if (known.state === 'unusable') return 'broken';
  if (candidate.status === 'disabled') return 'disabled';
  const status = report === null || report.state === 'skipped' ? null : report.record.status;
  if (status === 'ok' || (report === null && candidate.probe?.ok === true)) return 'works';
  if (candidate.gates.eligible === 'no') return 'unavailable';
  if (status === 'failed' || status === 'crashed') return 'broken';
  const pluginBug = candidate.reasons.some(({ code }) => code === 'plugin-bug');
  return candidate.gates.working === 'no' || pluginBug ? 'broken' : 'unproven';
}

function problemOf(
  { reasons }: CandidateReport,
  hardware: readonly Reason[],
  libraries: readonly Reason[],
  files: readonly ArtifactCheckV1[],
  report: ProbeReport | null,
): Reason | null {
  const about = reasons.filter(({ code }) => !PERMISSION.includes(code));
  const tried = report === null || report.state === 'skipped' ? null : report.record.reason;
  const absent = files.flatMap(({ problem }) => problem ?? []);
  return (
    [...about, ...hardware, ...absent, ...libraries, ...(tried === null ? [] : [tried])].find(
      ({ code }) => !['explicit-request', 'auto-preferred', 'only-candidate'].includes(code),
    ) ??
    reasons[0] ??
    null
  );
}

function probeText(report: ProbeReport | null, { probe, status: standing }: CandidateReport): ProbeText {
  if (report === null) {
    const earlier =
      probe === undefined
        ? ''
        : ` Before${probe.when === undefined ? '' : ` (${probe.when})`}: ${probe.detail}`;
    const why = standing === 'disabled' ? 'It must not be used.' : 'Nothing was to be started.';
    return { state: 'skipped', why: `${why}${earlier}` };
  }
  if (report.state === 'skipped') return { state: 'skipped', why: report.why };
  const { status, summary, recordedAt, durationMs, isolation, levels, evidence } = report.record;
  return {
    state: report.state,
    status,
    summary,
    when: recordedAt,
    durationMs,
    isolation,
    levels,
    stderr: evidence.stderr,
    signal: evidence.signal,
  };
}

function todoOf(
  { reasons }: CandidateReport,
  health: Health,
  problem: Reason | null,
  libraries: readonly Reason[],
  files: readonly ArtifactCheckV1[],
): readonly string[] {
  // Where the hardware is not there, nothing that can be installed would help.
  const missing =
    health === 'broken' ? [...files.flatMap(({ problem: one }) => one ?? []), ...libraries] : [];
  const remedies = [
    ...(problem === null ? [] : [problem]),
    ...missing,
    ...(health === 'works' ? [] : reasons),
  ];
  return [...new Set(remedies.flatMap(({ remedy }) => remedy ?? []))];
}
