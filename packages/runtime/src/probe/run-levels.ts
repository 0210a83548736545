import {
  EngineError,
  errorText,
  pluginBug,
  reasonProblem,
  SwitchyardError,
  type BackendV1,
  type DeviceV1,
  type HostFacts,
  type OptionValuesV1,
  type Reason,
} from '@switchyard/core';
import type { ProbeLevelEnd, ProbeMessage } from './probe-protocol.ts';
import type { ProbeLevelName } from './probe-record.ts';
import { tryTinyModel, tryTinyPlacement } from './try-tiny-model.ts';

/** What the levels are run on. */
export interface LevelsRequest {
  readonly backend: BackendV1;
  readonly host: HostFacts;
  readonly options: OptionValuesV1;
  /** Ids of devices that are not tried. */
  readonly skip: readonly string[];
  /** (optional) No further level begins once it is aborted. Default: never. */
  readonly signal?: AbortSignal;
}

/** What a level gives back; what it leaves out is empty. */
export type LevelAnswer = Pick<ProbeLevelEnd, 'status' | 'note'> &
  Partial<Pick<ProbeLevelEnd, 'reason' | 'devices' | 'placement'>>;

/**
 * Runs every level that needs the backend's code: first in the child, or inline where there is none. What a
 * level throws becomes its failure; the promise does not reject.
 */
export async function runLevels(
  request: LevelsRequest,
  emit: (message: ProbeMessage) => void,
): Promise<void> {
  const { backend, host, skip, signal } = request;
  const level = levelRunner(backend.manifest.package.name, emit);

  const engine = await level('engine', null, () => tryEngine(backend, host, signal));
  if (engine.status === 'failed') return;
  const listed = await level('devices', null, () => listDevices(backend, host, engine.devices));
  if (listed.status === 'failed') return;
  for (const device of engine.devices) {
    if (signal?.aborted === true) return;
    if (skip.includes(device.id)) continue;
    const known = listed.devices.find(({ id }) => id === device.id) ?? device;
    const model = await level('model', device.id, () => tryTinyModel(request, known));
    if (model.status === 'failed') continue;
    await level('placement', device.id, () => tryTinyPlacement(request, known));
  }
}

/** Runs one level after another, each with its two messages. */
export function levelRunner(
  packageName: string,
  emit: (message: ProbeMessage) => void,
): (level: ProbeLevelName, device: string | null, run: () => Promise<LevelAnswer>) => Promise<ProbeLevelEnd> {
  return async (level, device, run) => {
    emit({ type: 'begin', level, device });
    const began = performance.now();
    let answer: LevelAnswer;
    try {
      answer = await run();
    } catch (error) {
      const reason = failureOf(error, packageName);
      answer = { status: 'failed', reason, note: reason.message };
    }
    const end: ProbeLevelEnd = {
      type: 'end',
      level,
      device,
      reason: null,
      devices: [],
      placement: null,
      durationMs: performance.now() - began,
      ...answer,
    };
    emit(end);
    return end;
  };
}

/** The failure that an exception of a backend is: its own reason, its sentence, or its bug. */
export function failureOf(error: unknown, packageName: string): Reason {
  if (EngineError.isInstance(error)) {
    const problem = reasonProblem(error.reason);
    return problem === null ? error.reason : pluginBug(packageName, problem);
  }
  if (SwitchyardError.isInstance(error)) return probeFailed(error.message, error.remedy);
  return pluginBug(packageName, `it threw: ${errorText(error)}`);
}

export function probeFailed(message: string, remedy: string | null = null): Reason {
  return { code: 'probe-failed', message, evidence: [], remedy };
}

async function tryEngine(
  backend: BackendV1,
  host: HostFacts,
  signal: AbortSignal | undefined,
): Promise<LevelAnswer> {
  const result = await backend.doProbe({ host, ...(signal === undefined ? {} : { signal }) });
  if (!result.ok) {
    const problem = reasonProblem(result.reason);
    const reason = problem === null ? result.reason : pluginBug(backend.manifest.package.name, problem);
    return { status: 'failed', reason, note: reason.message };
  }
  if (result.devices.length === 0) throw new TypeError('its `doProbe` said yes without naming a device');
  return { status: 'ok', note: result.evidence, devices: result.devices };
}

/** Whether the engine's own list holds what the probe reported, with what each device is. */
async function listDevices(
  backend: BackendV1,
  host: HostFacts,
  probed: readonly DeviceV1[],
): Promise<LevelAnswer> {
  const listed = await backend.doDevices({ host });
  // An emulation stays one, whichever of the two calls says so.
  const devices = probed.map((device): DeviceV1 => {
    const same = listed.find(({ id }) => id === device.id) ?? device;
    return device.software === true ? { ...same, software: true } : same;
  });
  const absent = probed.filter(({ id }) => !listed.some((device) => device.id === id));
  if (absent.length > 0) {
    const names = absent.map(({ id }) => `\`${id}\``).join(', ');
    return {
      status: 'unknown',
      devices,
      note: `The list of devices does not hold ${names}, which the probe reported.`,
    };
  }
  const said = devices
    .map(({ id, name, software }) => `\`${id}\` is ${name}${softwareWords(software)}`)
    .join('; ');
  return { status: 'ok', devices, note: `${said}.` };
}

function softwareWords(software: DeviceV1['software']): string {
  if (software === true) return ', a software emulation on the CPU';
  return software === 'unknown' ? ', and whether it is software is not known' : '';
}
