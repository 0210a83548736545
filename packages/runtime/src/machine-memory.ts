import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  askPredicate,
  type ArtifactCheckV1,
  type BackendV1,
  type HostFacts,
  type KnownBackend,
  type ProbeOutcome,
  type Registry,
} from '@switchyard/core';
import { probeAll, probeOutcomes, type ProbeAllRequest, type ProbeReport } from './probe/probe-all.ts';
import { probeFingerprint } from './probe/probe-fingerprint.ts';
import { PROBE_KIND, rememberedProbe } from './probe/remembered-probe.ts';
import type { Store } from './store/open-store.ts';

/** What is known of the backends of one composition on this machine beyond the facts: what trying them showed. */
export interface MachineMemory {
  /** Outcomes that are remembered and still count, by backend. Loads and starts nothing. */
  recall(): Promise<Readonly<Record<string, ProbeOutcome>>>;
  /** Tries backends that are not remembered, each in a process of its own. */
  probe(
    request: Pick<ProbeAllRequest, 'ids' | 'refresh' | 'signal' | 'onLevel'>,
  ): Promise<readonly ProbeReport[]>;
  /** Files that each backend looked for, by id. */
  readonly artifacts: Readonly<Record<string, readonly ArtifactCheckV1[]>>;
}

/** Memory of probes in a store. Outcomes are kept for the life of the object too, where nothing can be written. */
export function createMachineMemory(
  registry: Registry,
  known: readonly KnownBackend[],
  host: HostFacts,
  store: Store,
): MachineMemory {
  const artifacts: Record<string, readonly ArtifactCheckV1[]> = {};
  for (const one of known) {
    if (one.state === 'installed') artifacts[one.manifest.id] = one.artifacts ?? [];
  }
  const outcomes: Record<string, ProbeOutcome> = {};
  let recalled: Promise<void> | undefined;

  const recallOne = async (backend: BackendV1): Promise<void> => {
    const { id } = backend.manifest;
    const asked = askPredicate((facts) => backend.predicate(facts), host);
    if (!asked.ok || asked.answer.eligible === 'no') return;
    const fingerprint = await probeFingerprint({ backend, host, artifacts: artifacts[id] ?? [] });
    const remembered = await rememberedProbe(store, fingerprint);
    if (remembered !== null) outcomes[id] ??= remembered.outcome;
  };
  const recallAll = async (): Promise<void> => {
    // The usual case at a first start, and the cheapest: no probe was ever remembered here.
    if (store.path === '' || !existsSync(join(store.path, PROBE_KIND))) return;
    const backends = known.flatMap((one) =>
      one.state === 'installed' ? (registry.get(one.manifest.id) ?? []) : [],
    );
    await Promise.all(backends.map((backend) => recallOne(backend)));
  };

  return {
    artifacts,
    async recall() {
      recalled ??= recallAll();
      await recalled;
      return { ...outcomes };
    },
    async probe(request) {
      const reports = await probeAll({ ...request, registry, host, store });
      Object.assign(outcomes, probeOutcomes(reports));
      return reports;
    },
  };
}
