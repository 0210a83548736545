import {
  EngineError,
  makeReason,
  type BackendSessionV1,
  type DeviceV1,
  type HostFacts,
  type ModelSourceV1,
  type OpenContextV1,
  type PredicateAnswerV1,
  type Reason,
} from '@switchyard/core';
import { openOrtSession } from '@switchyard/ort-host';
import { cudaArtifacts } from './cuda-artifacts.ts';
import type { CudaPlaces } from './cuda-places.ts';
import { cudaPredicate } from './cuda-predicate.ts';
import { deviceIndex } from './device-index.ts';
import { explainFailure } from './explain-failure.ts';
import type { CudaProvider } from './look-at-provider.ts';

/**
 * Opens a model on the GPU of the context and on nothing else. What the facts and the files show to be in the
 * way is said before the engine is loaded: the engine would print to standard error and name no library.
 */
export async function openCuda(
  model: ModelSourceV1,
  context: OpenContextV1,
  places: CudaPlaces,
): Promise<BackendSessionV1> {
  const deviceId = deviceIndex(context.device);
  const { tensorrt, ...session } = context.options;
  const provider: CudaProvider = tensorrt === true ? 'tensorrt' : 'cuda';
  const host = await places.host();
  const answer = cudaPredicate(host);
  if (answer.eligible === 'no') throw failure(answer.reasons[0]!);
  const artifacts = await cudaArtifacts(host, places, provider);
  for (const { problem } of artifacts) if (problem !== null) throw failure(problem);
  refuseUnknown(context.device, answer, host);
  try {
    return await openOrtSession({
      backend: 'cuda',
      model,
      provider: { name: provider, options: { deviceId } },
      device: context.device,
      session,
      ...(context.strict === undefined ? {} : { strict: context.strict }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
  } catch (error) {
    if (!EngineError.isInstance(error)) throw error;
    const reason = explainFailure(error.reason, host, artifacts);
    if (reason === error.reason) throw error;
    throw new EngineError({ backend: 'cuda', reason, cause: error });
  }
}

/** The engine takes any number and fails far from here; the list of devices is what numbers mean. */
function refuseUnknown(device: DeviceV1, { devices, eligible }: PredicateAnswerV1, host: HostFacts): void {
  if (eligible !== 'yes' || devices.some(({ id }) => id === device.id)) return;
  const ids = devices.map(({ id }) => `\`${id}\``).join(', ');
  throw failure(
    makeReason(
      'device-unknown',
      `\`${device.id}\` is not a device of the \`cuda\` backend on this machine; it has ${ids}.`,
      {
        devices: devices.map(({ id, name }) => `${id} (${name})`),
        'variables.CUDA_VISIBLE_DEVICES': host.variables['CUDA_VISIBLE_DEVICES'] ?? null,
      },
      `Name one of them, as in --device ${devices[0]!.id}`,
    ),
  );
}

function failure(reason: Reason): EngineError {
  return new EngineError({ backend: 'cuda', reason });
}
