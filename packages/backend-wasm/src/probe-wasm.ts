import {
  EngineError,
  SwitchyardError,
  makeTensor,
  tensorValues,
  makeReason,
  type HostFacts,
  type ProbeResultV1,
  type Reason,
} from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import { openWasmSession } from './open-wasm-session.ts';
import { PROBE_INPUT, PROBE_MODEL, PROBE_OUTPUT } from './probe-model.ts';
import { ENGINE_VERSION } from './wasm-facts.ts';
import { wasmDevice } from './wasm-predicate.ts';

/** Compiles the engine, runs a tiny model and compares the result with the stored one. Never rejects. */
export async function probeWasm(host: HostFacts, signal: AbortSignal | undefined): Promise<ProbeResultV1> {
  const device = wasmDevice(host);
  try {
    const model = { bytes: Buffer.from(PROBE_MODEL, 'base64'), name: 'probe' };
    const context = { device, options: {}, ...(signal === undefined ? {} : { signal }) };
    const session = await openWasmSession(model, context);
    try {
      const { y } = await session.doRun({ x: makeTensor('float32', [2, 4], PROBE_INPUT) });
      const found = tensorValues(y!) as number[];
      if (found.some((value, index) => value !== PROBE_OUTPUT[index])) {
        return { ok: false, reason: disagreement(found) };
      }
    } finally {
      await session[Symbol.asyncDispose]();
    }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
  return {
    ok: true,
    devices: [device],
    evidence: `onnxruntime-web ${ENGINE_VERSION} compiled its WebAssembly and ran a tiny model, and its result was right.`,
  };
}

function disagreement(found: readonly number[]): Reason {
  return makeReason(
    'probe-failed',
    `onnxruntime-web ran a tiny model and gave [${found.join(', ')}] instead of [${PROBE_OUTPUT.join(', ')}].`,
    [{ path: 'onnxruntime-web', value: found }],
    'Do not use this backend on this machine; please report it with the output of `switchyard explain --json`.',
  );
}

function reasonOf(error: unknown): Reason {
  if (EngineError.isInstance(error)) return error.reason;
  const sentence = SwitchyardError.isInstance(error) ? error.message : engineSentence(error);
  return makeReason(
    'probe-failed',
    `A tiny model could not be run in WebAssembly: ${sentence}`,
    [{ path: 'onnxruntime-web', value: sentence }],
    null,
  );
}
