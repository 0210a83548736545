import { makeReason, type HostFacts, type ProbeResultV1 } from '@switchyard/core';
import { probeOrtProvider } from '@switchyard/ort-host';
import { coreMlFlags } from './coreml-flags.ts';
import { coremlPredicate } from './coreml-predicate.ts';

/**
 * Loads the engine and runs a model through CoreML with its default units, unless the facts already say
 * that it cannot be. ort-host never gives the engine a provider that its build lacks.
 */
export async function probeCoreml(host: HostFacts, signal?: AbortSignal): Promise<ProbeResultV1> {
  if (signal?.aborted === true)
    return {
      ok: false,
      reason: makeReason(
        'probe-timeout',
        'Trying CoreML was aborted before it began, which proves nothing.',
        {},
        'Try again.',
      ),
    };
  const answer = coremlPredicate(host);
  const [reason] = answer.reasons;
  if (answer.eligible === 'no' && reason !== undefined) return { ok: false, reason };
  const flags = coreMlFlags({
    units: 'all',
    modelFormat: 'neuralNetwork',
    staticShapesOnly: false,
    subgraphs: false,
  });
  return probeOrtProvider({
    backend: 'mps-coreml',
    provider: { name: 'coreml', options: { coreMlFlags: flags } },
    devices: answer.devices,
  });
}
