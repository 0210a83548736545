import {
  EngineError,
  SwitchyardError,
  makeTensor,
  tensorValues,
  makeReason,
  type DeviceV1,
  type ProbeResultV1,
  type Reason,
} from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import { openOrtSession } from './open-ort-session.ts';
import { ORT_VERSION } from './ort-facts.ts';
import type { OrtProvider } from './ort-provider.ts';
import { PROBE_INPUT, PROBE_MODEL, PROBE_OUTPUT } from './probe-model.ts';

/** float16 arithmetic, which accelerators may use, is exact for the probe; this leaves room for its order. */
const TOLERANCE = 1e-2;

/** Which provider to try, for which backend, and the devices to report when it works. */
export interface OrtProbeRequest {
  readonly backend: string;
  readonly provider: OrtProvider;
  /** Devices to report; the first one is the one that is tried. */
  readonly devices: readonly DeviceV1[];
  /** (optional) Reads back which device was taken, as in `OrtOpenRequest`; it replaces the first one. */
  readonly readDevice?: (selected: DeviceV1) => DeviceV1;
}

/**
 * Loads the engine, opens a tiny model on the provider, runs it and compares the result with the stored
 * one. Never rejects: an engine that does not work is the answer `ok: false`. It does not show that
 * the nodes ran on the device, because the binding does not tell.
 */
export async function probeOrtProvider(request: OrtProbeRequest): Promise<ProbeResultV1> {
  try {
    return await tryProvider(request);
  } catch (error) {
    return { ok: false, reason: reasonOf(request, error) };
  }
}

async function tryProvider({
  backend,
  provider,
  devices,
  readDevice,
}: OrtProbeRequest): Promise<ProbeResultV1> {
  const device = devices[0];
  if (device === undefined) {
    return {
      ok: false,
      reason: makeReason(
        'hardware-absent',
        `Backend \`${backend}\` was given no device to try.`,
        [{ path: 'devices', value: [] }],
        null,
      ),
    };
  }
  const session = await openOrtSession({
    backend,
    provider,
    device,
    model: { bytes: Buffer.from(PROBE_MODEL, 'base64'), name: 'probe' },
    session: {},
    ...(readDevice === undefined ? {} : { readDevice }),
  });
  const tried = session.device;
  try {
    const { y } = await session.doRun({ x: makeTensor('float32', [2, 4], PROBE_INPUT) });
    const found = tensorValues(y!) as number[];
    const agrees = PROBE_OUTPUT.every((wanted, index) => Math.abs(wanted - found[index]!) <= TOLERANCE);
    if (!agrees) return { ok: false, reason: disagreement(provider, found) };
  } finally {
    await session[Symbol.asyncDispose]();
  }
  return {
    ok: true,
    devices: [tried, ...devices.slice(1)],
    evidence: `onnxruntime-node ${ORT_VERSION} opened a tiny model on its \`${provider.name}\` provider, and its result was right.`,
  };
}

function disagreement(provider: OrtProvider, found: readonly number[]): Reason {
  return makeReason(
    'probe-failed',
    `The \`${provider.name}\` provider of ONNX Runtime ran a tiny model and gave [${found.join(', ')}] instead of [${PROBE_OUTPUT.join(', ')}].`,
    [{ path: `onnxruntime-node.${provider.name}`, value: found }],
    'Do not use this backend on this machine; please report it with the output of `switchyard explain --json`.',
  );
}

function reasonOf(request: OrtProbeRequest, error: unknown): Reason {
  if (EngineError.isInstance(error)) return error.reason;
  const sentence = SwitchyardError.isInstance(error) ? error.message : engineSentence(error);
  return makeReason(
    'probe-failed',
    `A tiny model could not be run on the \`${request.provider.name}\` provider: ${sentence}`,
    [{ path: `onnxruntime-node.${request.provider.name}`, value: sentence }],
    null,
  );
}
