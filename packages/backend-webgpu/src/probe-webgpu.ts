import type { HostFacts, ProbeResultV1 } from '@switchyard/core';
import { probeOrtProvider } from '@switchyard/ort-host';
import { readAdapter } from './read-adapter.ts';
import { webgpuDevice } from './webgpu-device.ts';
import { readOptions } from './webgpu-options.ts';
import { webgpuPredicate } from './webgpu-predicate.ts';

/** Loads the engine, runs a model, and reads back which adapter the engine took for it. */
export async function probeWebgpu(host: HostFacts): Promise<ProbeResultV1> {
  const answer = webgpuPredicate(host);
  const [reason] = answer.reasons;
  if (answer.eligible === 'no' && reason !== undefined) return { ok: false, reason };
  const selected = answer.devices[0] ?? webgpuDevice('WebGPU device', 'unknown');
  const result = await probeOrtProvider({
    backend: 'webgpu',
    provider: { name: 'webgpu', options: readOptions({}).provider },
    devices: [selected],
    readDevice: readAdapter,
  });
  if (result.ok) return result;
  const blocker = answer.blockers?.[0];
  if (blocker === undefined) return result;
  // The engine only says that it found no adapter; what the facts show to be missing is why.
  const evidence = [...blocker.evidence, { path: 'probe', value: result.reason.message }];
  return { ok: false, reason: { ...blocker, evidence } };
}
