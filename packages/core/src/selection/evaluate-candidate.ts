import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { PredicateAnswerV1 } from '../backend/v1/predicate-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { ResolvedSettings } from '../settings/resolved-settings.ts';
import { describeSource } from '../settings/setting-source.ts';
import type { Candidate } from './candidate.ts';
import { askPredicate } from './check-predicate-answer.ts';
import { chooseDevices } from './choose-devices.ts';
import type {
  InstalledBackend,
  KnownBackend,
  ProbeOutcome,
  TrialNotRun,
  TrialOutcome,
} from './known-backend.ts';
import { knownId } from './known-backend.ts';
import { groupOf } from './rank-candidates.ts';
import { isMeasured, reportTrials } from './report-trials.ts';
import type { GateAnswer } from './selection-report.ts';
import { standingBlockers } from './standing-blockers.ts';

/** What is remembered of one backend. */
export interface Memory {
  readonly probe: ProbeOutcome | undefined;
  readonly trials: readonly TrialOutcome[];
  readonly trialsNotRun: readonly TrialNotRun[];
}

/** Sends one backend through the four gates. No gate's answer is inferred from another's. */
export function evaluateCandidate(
  known: KnownBackend,
  host: HostFacts,
  settings: ResolvedSettings,
  memory: Memory,
): Candidate {
  if (known.state === 'installed') return evaluateInstalled(known, host, settings, memory);
  const id = knownId(known);
  const consent = consentFor(id, known.state === 'not-installed' ? known.optIn : null, settings);
  const kind = known.state === 'not-installed' ? known.deviceKinds[0] : undefined;
  const optIn = known.state === 'not-installed' ? known.optIn : null;
  const common = {
    id,
    title: known.state === 'not-installed' ? known.title : id,
    optIn,
    devices: [],
    notes: [],
    trials: reportTrials(memory.trials, memory.trialsNotRun),
    probe: reportProbe(memory.probe),
    measured: false,
    sources: consent.sources,
    standing: { group: groupOf(optIn, kind), rank: 0 },
  };
  if (known.state === 'not-installed') {
    const missing = packageMissing(known.package, id, known.install);
    return {
      ...common,
      package: { name: known.package, version: null, installed: false },
      gates: { installed: 'no', enabled: consent.gate, eligible: 'not-run', working: 'not-run' },
      closed: consent.denied
        ? { status: 'disabled', reasons: [consent.denied, missing] }
        : { status: 'not-installed', reasons: [missing] },
    };
  }
  const reason = known.state === 'not-listed' ? pluginNotListed(known.package.name, id) : known.reason;
  const status = known.state === 'not-listed' ? 'not-enabled' : 'rejected';
  return {
    ...common,
    package: { ...known.package, installed: true },
    gates: {
      installed: 'yes',
      enabled: consent.denied ? 'no' : 'unknown',
      eligible: 'not-run',
      working: 'not-run',
    },
    closed: consent.denied
      ? { status: 'disabled', reasons: [consent.denied, reason] }
      : { status, reasons: [reason] },
  };
}

function evaluateInstalled(
  known: InstalledBackend,
  host: HostFacts,
  settings: ResolvedSettings,
  memory: Memory,
): Candidate {
  const { manifest } = known;
  const { id } = manifest;
  const consent = consentFor(id, manifest.optIn, settings);
  const asked = askPredicate(known.predicate, host);
  const answer: PredicateAnswerV1 = asked.ok
    ? asked.answer
    : { eligible: 'no', reasons: [pluginBug(manifest.package.name, asked.problem)], devices: [] };
  const devices = memory.probe?.ok === true ? memory.probe.devices : answer.devices;
  const choice =
    devices.length === 0 ? null : chooseDevices(id, devices, consent.device, consent.named, manifest);
  const working = workingGate(known, answer, memory);
  const trial = memory.trials.find((outcome) => !outcome.passed);
  const eligible: GateAnswer = !asked.ok
    ? 'unknown'
    : memory.probe?.ok === true && answer.eligible !== 'no'
      ? 'yes'
      : answer.eligible;
  const usable = eligible === 'yes' && choice?.ok === false ? 'no' : eligible;

  const rejections: Reason[] = [];
  if (!asked.ok || eligible === 'no') rejections.push(...answer.reasons);
  else if (eligible === 'unknown' && !consent.named) rejections.push(...answer.reasons);
  if (eligible === 'yes' && choice?.ok === false) rejections.push(choice.reason);
  // A probe or a missing library says something about this machine only where its hardware is there.
  if (eligible !== 'no') rejections.push(...working.reasons);
  if (trial?.passed === false) rejections.push(trial.reason);

  const gates = { installed: 'yes', enabled: consent.gate, eligible: usable, working: working.gate } as const;
  const chosen: readonly DeviceV1[] = choice?.ok === true ? choice.devices : devices;
  return {
    id,
    title: manifest.title,
    package: { name: manifest.package.name, version: manifest.package.version, installed: true },
    optIn: manifest.optIn,
    gates,
    closed: closedBy(id, manifest.optInReason, consent, usable, chosen[0], rejections),
    devices: choice?.ok === true ? choice.devices : [],
    notes: eligible === 'no' ? [] : answer.reasons,
    trials: reportTrials(memory.trials, memory.trialsNotRun),
    probe: reportProbe(memory.probe),
    measured: isMeasured(memory.trials, memory.trialsNotRun),
    sources: consent.sources,
    standing: {
      group: groupOf(manifest.optIn, (chosen[0] ?? { kind: manifest.deviceKinds[0] }).kind),
      rank: manifest.rank ?? 0,
    },
  };
}

function closedBy(
  id: string,
  optInReason: string,
  consent: Consent,
  eligible: GateAnswer,
  device: DeviceV1 | undefined,
  rejections: readonly Reason[],
): Candidate['closed'] {
  if (consent.denied !== null) return { status: 'disabled', reasons: [consent.denied, ...rejections] };
  if (consent.gate === 'no') {
    return {
      status: 'not-enabled',
      reasons: [optInNotGiven(id, optInReason, eligible, device), ...rejections],
    };
  }
  return rejections.length > 0 ? { status: 'rejected', reasons: rejections } : null;
}

interface Consent {
  /** Whether it may be chosen, by its manifest or by a person. */
  readonly gate: GateAnswer;
  /** Whether a person asked for exactly this backend. */
  readonly named: boolean;
  readonly device: string | null;
  readonly denied: Reason | null;
  readonly sources: Candidate['sources'];
}

function consentFor(id: string, optIn: boolean | null, settings: ResolvedSettings): Consent {
  const { request, client } = settings;
  const permission = settings.permissions.get(id);
  const exact = request.kind === 'exact' && request.backend === id;
  const listed = request.kind === 'ordered' && request.backends.includes(id);
  const clientNamed = client?.backend === id;
  const sources = [
    ...(exact || listed ? [request.source] : []),
    ...(permission === undefined ? [] : [permission.source]),
  ];
  const device = clientNamed
    ? client.device
    : exact
      ? request.device
      : request.kind === 'ordered' && request.device?.backend === id
        ? request.device.device
        : null;
  const denied = permission?.allowed === false ? disabledByUser(id, permission.source) : null;
  const consented = exact || listed || permission?.allowed === true;
  const gate: GateAnswer =
    denied === null && (consented || optIn === false)
      ? 'yes'
      : optIn === null && denied === null
        ? 'unknown'
        : 'no';
  return { gate, named: exact || clientNamed, device, denied, sources };
}

function workingGate(
  known: InstalledBackend,
  answer: PredicateAnswerV1,
  memory: Memory,
): { readonly gate: GateAnswer; readonly reasons: readonly Reason[] } {
  if (memory.probe?.ok === true) return { gate: 'yes', reasons: [] };
  if (memory.probe !== undefined) {
    // A probe that ran out of time proves nothing about the backend.
    const gate = memory.probe.reason.code === 'probe-timeout' ? 'unknown' : 'no';
    return { gate, reasons: [memory.probe.reason] };
  }
  const missing = (known.artifacts ?? []).flatMap((artifact) => artifact.problem ?? []);
  const reasons = [...missing, ...standingBlockers(answer.blockers, known.artifacts)];
  return reasons.length > 0 ? { gate: 'no', reasons } : { gate: 'not-run', reasons: [] };
}

function reportProbe(outcome: ProbeOutcome | undefined): Candidate['probe'] {
  if (outcome === undefined) return null;
  const detail = outcome.ok ? outcome.evidence : outcome.reason.message;
  return { ok: outcome.ok, detail, ...(outcome.when === undefined ? {} : { when: outcome.when }) };
}

function disabledByUser(id: string, source: Candidate['sources'][number]): Reason {
  return {
    code: 'disabled-by-user',
    message: `${describeSource(source)} says that \`${id}\` must not be used.`,
    evidence: [{ path: 'settings', value: source }],
    remedy: `Remove ${describeSource(source)} to allow it.`,
  };
}

function optInNotGiven(id: string, why: string, eligible: GateAnswer, device: DeviceV1 | undefined): Reason {
  const state =
    eligible === 'yes' && device !== undefined
      ? `It could run here on ${device.name}, but it is opt-in and nobody enabled it.`
      : 'It is opt-in and nobody enabled it.';
  return {
    code: 'opt-in-not-given',
    message: `${state} ${why}`,
    evidence: [],
    remedy: `To let it be chosen: --enable ${id}. To use nothing else: --backend ${id}`,
  };
}

function packageMissing(name: string, id: string, install: string): Reason {
  return {
    code: 'package-missing',
    message: `\`${name}\`, the package of \`${id}\`, is not installed in this project.`,
    evidence: [{ path: 'installed', value: false }],
    remedy: install,
  };
}

function pluginNotListed(name: string, id: string): Reason {
  return {
    code: 'plugin-not-listed',
    message: `\`${name}\` says that it is the backend \`${id}\`; nobody listed it, so none of its code was run.`,
    evidence: [{ path: 'package', value: name }],
    remedy: `If you trust it: --plugin ${name}`,
  };
}

/** The reason of a backend that broke its contract. */
export function pluginBug(packageName: string, problem: string): Reason {
  return {
    code: 'plugin-bug',
    message: `\`${packageName}\` is at fault: ${problem}.`,
    evidence: [{ path: 'package', value: packageName }],
    remedy: `Report this to the author of \`${packageName}\`.`,
  };
}
