import {
  askPredicate,
  checkBackend,
  deepFreeze,
  errorText,
  select,
  type ArtifactCheckV1,
  type BackendV1,
  type DeviceV1,
  type HostFacts,
  type ProbeOutcome,
  type Reason,
} from '@switchyard/core';
import { probeBackend, probeOutcome, type ProbeRecord } from '@switchyard/runtime';

/** What a machine has of what a backend needs. */
export interface MachineState {
  /** The device that the cases use, or `null` with the reasons in `absent`. */
  readonly device: DeviceV1 | null;
  /** Every device that passed the probe. */
  readonly devices: readonly DeviceV1[];
  /** Why there is none, in the backend's own words; empty where there is one. */
  readonly absent: readonly Reason[];
  readonly probe: ProbeRecord | null;
  /**
   * What happens here in place of the cases that need the device: an exact request is refused with one of
   * the reasons. The sentence says so, or what is wrong with it.
   */
  readonly instead: { readonly holds: boolean; readonly text: string };
}

/** Finds out what the backend can do here: its predicate, its files, its probe. */
export async function lookAtMachine(
  backend: BackendV1,
  host: HostFacts,
  wanted: string | undefined,
): Promise<MachineState> {
  const { manifest } = checkBackend(backend);
  const answer = askPredicate(backend.predicate, deepFreeze(host));
  const artifacts = (await backend.doArtifacts?.(host)) ?? [];
  const problems = artifacts.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const saidNo = answer.ok && answer.answer.eligible === 'no' ? answer.answer.reasons : [];
  const absent = [...saidNo, ...(saidNo.length > 0 ? [] : problems)];
  let probe: ProbeRecord | null = null;
  let devices: readonly DeviceV1[] = [];
  if (backend.origin !== undefined) {
    probe = await probeBackend({ backend, host });
    devices = probe.devices;
    if (devices.length === 0 && absent.length === 0 && probe.reason !== null) absent.push(probe.reason);
  } else if (absent.length === 0) {
    const result = await probeHere(backend, host);
    if (result.ok) devices = result.devices;
    else absent.push(result.reason);
  }
  const device =
    absent.length > 0
      ? null
      : (devices.find(({ id }) => id === wanted) ?? (wanted === undefined ? devices[0] : undefined) ?? null);
  if (device === null && absent.length === 0) absent.push(noDevice(manifest.id, wanted, devices));
  const instead =
    device === null ? refusalOf(backend, host, artifacts, probe, absent) : { holds: true, text: '' };
  return { device, devices, absent: device === null ? absent : [], probe, instead };
}

async function probeHere(backend: BackendV1, host: HostFacts): ReturnType<BackendV1['doProbe']> {
  try {
    return await backend.doProbe({ host });
  } catch (error) {
    const message = `Its \`doProbe\` threw: ${errorText(error)}`;
    return { ok: false, reason: { code: 'plugin-bug', message, evidence: [], remedy: null } };
  }
}

/** What an exact request for the backend gets on this machine. */
function refusalOf(
  backend: BackendV1,
  host: HostFacts,
  artifacts: readonly ArtifactCheckV1[],
  probe: ProbeRecord | null,
  absent: readonly Reason[],
): MachineState['instead'] {
  const { manifest } = checkBackend(backend);
  const { id } = manifest;
  const outcome: ProbeOutcome | null =
    probe === null || absent.some(({ code }) => code === 'device-unknown') ? null : probeOutcome(probe);
  const first = absent[0]!;
  const report = select({
    known: [{ state: 'installed', manifest, predicate: backend.predicate, artifacts }],
    host,
    settings: [{ kind: 'backend', backend: id, source: { layer: 'api', detail: 'the conformance kit' } }],
    // Where the files are there and the probe was what failed, selection knows it from the probe.
    probes: { [id]: outcome ?? { ok: false, reason: first } },
  });
  const reasons = report.candidates.find((candidate) => candidate.backend === id)?.reasons ?? [];
  const code = absent.find((reason) => reasons.some((given) => given.code === reason.code))?.code;
  if (report.outcome === 'refused' && code !== undefined) {
    return { holds: true, text: `An exact request for \`${id}\` is refused with \`${code}\`.` };
  }
  const found =
    report.outcome === 'refused' ? reasons.map((reason) => reason.code).join(', ') : 'a selection';
  return {
    holds: false,
    text: `An exact request for \`${id}\` should be refused with \`${first.code}\`, and gives ${found}.`,
  };
}

function noDevice(id: string, wanted: string | undefined, devices: readonly DeviceV1[]): Reason {
  const listed = devices.map((device) => `\`${device.id}\``).join(', ') || 'none';
  return {
    code: 'device-unknown',
    message: `\`${wanted ?? id}\` is not among the devices that the probe lists: ${listed}.`,
    evidence: [{ path: 'probe.devices', value: devices.map((device) => device.id) }],
    remedy: 'Name one of them.',
  };
}
