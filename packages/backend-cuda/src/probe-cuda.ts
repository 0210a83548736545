import { makeReason, type DeviceV1, type HostFacts, type ProbeResultV1, type Reason } from '@switchyard/core';
import { probeOrtProvider } from '@switchyard/ort-host';
import { cudaArtifacts } from './cuda-artifacts.ts';
import type { CudaPlaces } from './cuda-places.ts';
import { cudaPredicate } from './cuda-predicate.ts';
import { deviceIndex } from './device-index.ts';
import { explainFailure } from './explain-failure.ts';

/** The device to try where the facts name none: the engine asks CUDA, and CUDA has NVIDIA GPUs only. */
const UNNAMED: DeviceV1 = {
  id: 'cuda:0',
  name: 'NVIDIA GPU',
  kind: 'gpu',
  software: false,
  integrated: false,
};

/**
 * Loads the engine and runs a model on every device that the facts list. Files are looked for first,
 * because the engine says no more than that a library could not be loaded.
 */
export async function probeCuda(
  host: HostFacts,
  places: CudaPlaces,
  signal?: AbortSignal,
): Promise<ProbeResultV1> {
  const answer = cudaPredicate(host);
  if (answer.eligible === 'no') return failed(answer.reasons[0]);
  const artifacts = await cudaArtifacts(host, places);
  const absent = artifacts.find(({ problem }) => problem !== null);
  if (absent !== undefined) return failed(absent.problem);

  const working: DeviceV1[] = [];
  const evidence: string[] = [];
  let failure: Reason | null = null;
  for (const device of answer.devices.length > 0 ? answer.devices : [UNNAMED]) {
    if (signal?.aborted === true) {
      failure ??= makeReason(
        'probe-timeout',
        `Trying CUDA was aborted before \`${device.id}\` was reached, which proves nothing.`,
        {},
        'Try again.',
      );
      break;
    }
    const result = await probeOrtProvider({
      backend: 'cuda',
      provider: { name: 'cuda', options: { deviceId: deviceIndex(device) } },
      devices: [device],
    });
    if (result.ok) working.push(...result.devices);
    else failure ??= result.reason;
    evidence.push(`${device.id}: ${result.ok ? result.evidence : result.reason.message}`);
  }
  if (working.length > 0) return { ok: true, devices: working, evidence: evidence.join('\n') };
  return failed(failure === null ? null : explainFailure(failure, host, artifacts));
}

function failed(reason: Reason | null | undefined): ProbeResultV1 {
  return {
    ok: false,
    reason: reason ?? makeReason('probe-failed', 'CUDA could not be tried, and nothing says why.', {}, null),
  };
}
