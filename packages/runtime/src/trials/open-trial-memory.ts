import type { ArtifactCheckV1, HostFacts, ModelSourceV1 } from '@switchyard/core';
import { probeFingerprint } from '../probe/probe-fingerprint.ts';
import { hashModel, type HashModelOptions, type TrialStore } from './hash-model.ts';
import { createTrialMemory, type TrialMemory } from './trial-memory.ts';
import type { TrialPolicyChanges } from './trial-policy.ts';

export interface OpenTrialMemoryRequest extends Pick<HashModelOptions, 'externalData'> {
  readonly store: TrialStore;
  readonly model: ModelSourceV1;
  readonly host: HostFacts;
  /** (optional) What looking for the files of each backend found, by id. Default: nobody looked. */
  readonly artifacts?: Readonly<Record<string, readonly ArtifactCheckV1[]>>;
  /** (optional) Parts of the policy that differ from the published one. Default: none. */
  readonly policy?: TrialPolicyChanges;
}

/**
 * What is remembered of one model on this machine: under the hash of its content and, for each backend, the
 * fingerprint of everything that its probe depends on.
 *
 * @throws ModelError `model-not-found` or `model-unreadable`
 */
export async function openTrialMemory(request: OpenTrialMemoryRequest): Promise<TrialMemory> {
  const { store, model, host, artifacts = {}, policy, externalData } = request;
  const modelHash = await hashModel(model, {
    store,
    ...(externalData === undefined ? {} : { externalData }),
  });
  return createTrialMemory({
    store,
    modelHash,
    ...(policy === undefined ? {} : { policy }),
    fingerprintOf: ({ backend, options = {} }) =>
      probeFingerprint({ backend, host, options, artifacts: artifacts[backend.manifest.id] ?? [] }),
  });
}
