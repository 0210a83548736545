import { EngineError, type BackendSessionV1, type ModelSourceV1, type OpenContextV1 } from '@switchyard/core';
import { openOrtSession } from '@switchyard/ort-host';
import { findProviderLibraries } from './cuda-artifacts.ts';
import { deviceIndex } from './device-index.ts';

/** Opens a model on the GPU of the context and on nothing else. */
export async function openCuda(model: ModelSourceV1, context: OpenContextV1): Promise<BackendSessionV1> {
  const deviceId = deviceIndex(context.device);
  await refuseWithoutLibraries();
  return openOrtSession({
    backend: 'cuda',
    model,
    provider: { name: 'cuda', options: { deviceId } },
    device: context.device,
    session: context.options,
    ...(context.strict === undefined ? {} : { strict: context.strict }),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
}

/** The engine would print to standard error and say no more than that some library failed to load. */
async function refuseWithoutLibraries(): Promise<void> {
  // On any other platform the true reason is that the build has no CUDA, and ort-host gives it.
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  for (const { problem } of await findProviderLibraries())
    if (problem !== null) throw new EngineError({ backend: 'cuda', reason: problem });
}
