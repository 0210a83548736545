import {
  EngineError,
  errorText,
  findDevice,
  ModelError,
  pluginBug,
  reasonProblem,
  select,
  selectDevice,
  SelectionError,
  SwitchyardError,
  type BackendV1,
  type DeviceV1,
  type IsolationV1,
  type ModelSourceV1,
  type ProbeOutcome,
  type Reason,
  type Registry,
  type SelectInput,
  type SelectionReport,
} from '@switchyard/core';
import { chooseIsolation } from './isolation/choose-isolation.ts';
import type { IsolatedSession } from './isolation/isolated-session.ts';
import { openIsolated, type IsolationOptions } from './isolation/open-isolated.ts';
import { optionsFor } from './options-for.ts';
import type { OpenRequest } from './open-request.ts';
import { wrapSession, type Session } from './session.ts';

/** How the sessions of a runtime are separated from their callers. */
export interface IsolationPolicy extends IsolationOptions {
  /** (optional) Default: what each backend recommends. */
  readonly isolation?: IsolationV1;
}

/**
 * Opens a model on whatever selection chooses. What opening teaches goes back into selection as a
 * probe outcome, and selection is asked again: whether anything takes the place of a backend that
 * failed is decided there and nowhere else.
 */
export async function openSession(
  registry: Registry,
  input: SelectInput,
  model: ModelSourceV1,
  request: OpenRequest,
  policy: IsolationPolicy,
  closed: () => void,
): Promise<Session> {
  const probes: Record<string, ProbeOutcome> = { ...input.probes };
  const failures: unknown[] = [];
  for (;;) {
    const { report, device: chosen } = selectDevice({ ...input, probes });
    if (report.selected === null) throw refusal(report, failures);
    const { backend: id, device: wanted } = report.selected;
    const backend = registry.get(id);
    if (backend === null) throw new TypeError(`Selection chose \`${id}\`, which is not registered.`);
    const options = optionsFor(backend, request);

    const attempt = await tryToOpen(backend, () => chosen ?? askForDevice(backend, input, wanted), model, {
      request: { ...request, options },
      policy,
    });
    if (!attempt.ok) {
      failures.push(attempt.error);
      probes[id] = { ok: false, reason: attempt.reason };
      continue;
    }
    const { session } = attempt;
    probes[id] = { ok: true, devices: [session.device], evidence: 'It opened the model.' };
    // The device is known for certain only now; an emulation that nobody named is refused by selection.
    const confirmed = select({ ...input, probes });
    if (confirmed.selected?.backend === id) return wrapSession(session, confirmed, closed);
    await session[Symbol.asyncDispose]();
    if (confirmed.selected === null) throw refusal(confirmed, failures);
  }
}

type Attempt =
  | { readonly ok: true; readonly session: IsolatedSession }
  | { readonly ok: false; readonly reason: Reason; readonly error: unknown };

async function tryToOpen(
  backend: BackendV1,
  findDevice: () => DeviceV1 | Promise<DeviceV1>,
  model: ModelSourceV1,
  {
    request,
    policy,
  }: {
    readonly request: OpenRequest & { readonly options: Readonly<Record<string, boolean | number | string>> };
    readonly policy: IsolationPolicy;
  },
): Promise<Attempt> {
  const packageName = backend.manifest.package.name;
  try {
    const isolation = chooseIsolation(backend, request.isolation ?? policy.isolation);
    const device = await findDevice();
    const context = {
      device,
      options: request.options,
      ...(request.strict === undefined ? {} : { strict: request.strict }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
    };
    const session = await openIsolated(backend, isolation, model, context, policy, {
      ...(request.onIsolation === undefined ? {} : { tell: request.onIsolation }),
      ...(request.checkModel === undefined ? {} : { checkModel: request.checkModel }),
    });
    if (session.device.id === device.id) return { ok: true, session };
    await session[Symbol.asyncDispose]();
    const reason: Reason = {
      code: 'device-unknown',
      message: `\`${device.id}\` was asked for, but the session reports that it is on \`${session.device.id}\`.`,
      evidence: [{ path: 'session.device', value: session.device }],
      remedy: null,
    };
    return { ok: false, reason, error: new EngineError({ backend: backend.manifest.id, reason }) };
  } catch (error) {
    if (EngineError.isInstance(error)) {
      const problem = reasonProblem(error.reason);
      return { ok: false, reason: problem === null ? error.reason : pluginBug(packageName, problem), error };
    }
    if (ModelError.isInstance(error) && error.code === 'model-unsupported') {
      // The model is sound, this backend cannot run it: another one may.
      const reason: Reason = { code: 'probe-failed', message: error.message, evidence: [], remedy: null };
      return { ok: false, reason, error };
    }
    if (SwitchyardError.isInstance(error)) throw error;
    return { ok: false, reason: pluginBug(packageName, `its \`doOpen\` threw: ${errorText(error)}`), error };
  }
}

/** The host facts do not list a device (an exact request on a machine that is not known): ask the engine. */
async function askForDevice(backend: BackendV1, input: SelectInput, wanted: string): Promise<DeviceV1> {
  const devices = await backend.doDevices({ host: input.host });
  const device = wanted === 'unknown' ? (devices[0] ?? null) : findDevice(devices, wanted);
  if (device !== null) return device;
  const ids = devices.map(({ id }) => `\`${id}\``).join(', ') || 'none';
  throw new EngineError({
    backend: backend.manifest.id,
    reason: {
      code: 'device-unknown',
      message: `\`${backend.manifest.id}\` has no device \`${wanted}\`; its engine lists ${ids}.`,
      evidence: devices.map(({ id, name }) => ({ path: id, value: name })),
      remedy: devices[0] === undefined ? null : `Name one of them, as in --device ${devices[0].id}`,
    },
  });
}

/** The refusal; what the model itself got wrong on the one backend asked for is said as such. */
function refusal(report: SelectionReport, failures: readonly unknown[]): Error {
  const [only] = failures;
  if (failures.length === 1 && ModelError.isInstance(only)) return only;
  return new SelectionError(report);
}
