import { EngineError, type BackendSessionV1, type ModelSourceV1, type OpenContextV1 } from '@switchyard/core';
import { openOrtSession } from '@switchyard/ort-host';
import { findProviderLibraries } from './cuda-artifacts.ts';
import { deviceIndex } from './device-index.ts';

/** Opens a model on the GPU of the context and on nothing else. */
export async function openCuda(model: ModelSourceV1, context: OpenContextV1): Promise<BackendSessionV1> {
  const deviceId = deviceIndex(context.device);
  try {
    return await openOrtSession({
      backend: 'cuda',
      model,
      provider: { name: 'cuda', options: { deviceId } },
      device: context.device,
      session: context.options,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
  } catch (error) {
    throw await explained(error);
  }
}

/** The engine says no more than that a shared library failed to load; an absent file is the usual reason. */
async function explained(error: unknown): Promise<unknown> {
  if (!EngineError.isInstance(error) || error.code !== 'probe-failed') return error;
  const absent = (await findProviderLibraries()).find(({ problem }) => problem !== null)?.problem;
  if (absent === undefined || absent === null) return error;
  const engine = { path: 'onnxruntime-node', value: error.reason.message };
  const reason = { ...absent, evidence: [...absent.evidence, engine] };
  return new EngineError({ backend: 'cuda', reason, cause: error });
}
