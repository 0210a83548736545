import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import { hostFingerprint } from '../host/host-fingerprint.ts';
import type { HostFacts } from '../host/host-facts.ts';
import { backendNames } from '../settings/backend-names.ts';
import type { ResolvedSettings } from '../settings/resolved-settings.ts';
import { resolveSettings } from '../settings/resolve-settings.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import type { Candidate } from './candidate.ts';
import { choose, type Choice } from './choose.ts';
import { evaluateCandidate } from './evaluate-candidate.ts';
import { knownAliases, knownId } from './known-backend.ts';
import { compareCandidates } from './rank-candidates.ts';
import type { SelectInput } from './select-input.ts';
import type { CandidateReport, RequestReport, SelectionReport } from './selection-report.ts';

/**
 * The decision: which backend and device run a model on a machine, and why. A pure function of its
 * input that never throws, whatever a plugin does; nothing native is loaded, and neither the
 * environment nor the network is touched. Everything else in Switchyard asks this one.
 */
export function select(input: SelectInput): SelectionReport {
  return selectDevice(input).report;
}

/**
 * The same decision for whoever acts on it: the report, and the chosen device as its backend described
 * it, or `null` where the host facts do not tell.
 */
export function selectDevice(input: SelectInput): {
  readonly report: SelectionReport;
  readonly device: DeviceV1 | null;
} {
  const names = backendNames(
    input.known.map((known) => ({ id: knownId(known), aliases: knownAliases(known) })),
  );
  const settings = resolveSettings(input.settings, names);
  const host = shielded(input.host);
  const candidates = input.known
    .map((known) => {
      const id = knownId(known);
      const memory = {
        probe: ownValue(input.probes, id),
        trials: ownValue(input.trials, id) ?? [],
        trialsNotRun: ownValue(input.trialsNotRun, id) ?? [],
      };
      return evaluateCandidate(known, host, settings, memory);
    })
    .toSorted(compareCandidates);
  const choice = settings.problems.length > 0 ? unusable(settings) : choose(candidates, settings);
  const { chosen } = choice;
  const report: SelectionReport = {
    schema: 1,
    outcome: chosen === null ? 'refused' : 'selected',
    selected: chosen === null ? null : { backend: chosen.id, ...deviceOf(chosen, settings) },
    basis: choice.basis,
    degraded: choice.degraded,
    request: reportRequest(settings),
    refusal: choice.refusal,
    candidates: candidates.map((candidate) => reportCandidate(candidate, choice)),
    settings: settings.effective,
    warnings: [...(input.warnings ?? []), ...settings.warnings, ...choice.warnings],
    host: { fingerprint: hostFingerprint(host), simulated: input.simulated ?? false },
  };
  return { report, device: chosen?.devices[0] ?? null };
}

/** A predicate gets facts that it cannot change; the caller's own object is left as it is. */
function shielded(host: HostFacts): HostFacts {
  return Object.isFrozen(host) ? host : deepFreeze(structuredClone(host));
}

function ownValue<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function unusable(settings: ResolvedSettings): Choice {
  const [first, ...others] = settings.problems;
  const rest = others.map((problem) => ` ${problem.message}`).join('');
  return {
    chosen: null,
    basis: null,
    degraded: false,
    refusal: { code: first!.code, message: `${first!.message}${rest}`, remedy: first!.remedy },
    reasons: [],
    passedOver: new Map(),
    warnings: [],
  };
}

function reportCandidate(candidate: Candidate, choice: Choice): CandidateReport {
  const { id, gates, sources, optIn } = candidate;
  const trials = candidate.trials.length === 0 ? {} : { trials: candidate.trials };
  const probe = candidate.probe === null ? {} : { probe: candidate.probe };
  const common = { backend: id, package: candidate.package, optIn, gates, sources, ...trials, ...probe };
  if (candidate === choice.chosen) {
    return { ...common, status: 'selected', reasons: [...choice.reasons, ...candidate.notes] };
  }
  if (candidate.closed !== null) {
    return { ...common, status: candidate.closed.status, reasons: candidate.closed.reasons };
  }
  const reason = choice.passedOver.get(id) ?? {
    code: choice.refusal?.code ?? 'lower-rank',
    message: 'Nothing was chosen, because the settings cannot be followed as they are.',
    evidence: [],
    remedy: choice.refusal?.remedy ?? null,
  };
  return { ...common, status: 'passed-over', reasons: [reason, ...candidate.notes] };
}

function deviceOf(chosen: Candidate, settings: ResolvedSettings): { device: string; deviceName: string } {
  const device = chosen.devices[0];
  if (device !== undefined) return { device: device.id, deviceName: device.name };
  const asked = settings.client ?? (settings.request.kind === 'exact' ? settings.request : null);
  return { device: asked?.device ?? 'unknown', deviceName: 'unknown (the host facts do not tell)' };
}

function reportRequest(settings: ResolvedSettings): RequestReport {
  const { request, client } = settings;
  if (client !== null) {
    const device = client.device === null ? {} : { device: client.device };
    return { kind: 'exact', backends: [client.backend], ...device, source: { layer: 'client' } };
  }
  if (request.kind === 'auto') return { kind: 'auto', source: request.source };
  const device = request.kind === 'exact' ? request.device : (request.device?.device ?? null);
  return {
    kind: request.kind,
    backends: request.kind === 'exact' ? [request.backend] : request.backends,
    ...(device === null ? {} : { device }),
    source: request.source,
  };
}
