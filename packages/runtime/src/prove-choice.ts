import {
  selectDevice,
  type ModelSourceV1,
  type ProbeOutcome,
  type Registry,
  type SelectInput,
} from '@switchyard/core';
import type { MachineMemory } from './machine-memory.ts';
import { optionsFor } from './options-for.ts';
import type { OpenRequest } from './open-request.ts';
import type { Store } from './store/open-store.ts';
import { openTrialMemory } from './trials/open-trial-memory.ts';
import { REFERENCE, tryCandidates, type TriedCandidates, type TrialMode } from './trials/try-candidates.ts';

/** What proving a choice needs of the runtime. */
export interface ProofContext {
  readonly registry: Registry;
  readonly memory: MachineMemory;
  readonly store: Store;
  readonly mode: TrialMode;
}

/**
 * Lets an automatic choice show that it works on this machine and with this model, before anything depends on
 * it; `cpu` proves itself by opening. What is learned goes into the selection input; who is taken is decided by selection alone.
 *
 * @param run whether to try what is not remembered; otherwise nothing is loaded or started
 */
export async function proveChoice(
  context: ProofContext,
  input: SelectInput,
  model: ModelSourceV1,
  request: OpenRequest,
  run: boolean,
): Promise<TriedCandidates> {
  const probed = run ? await probeChoice(context, input, request) : input;
  const { report } = selectDevice(probed);
  const id = report.selected?.backend ?? REFERENCE;
  const mode = request.trials ?? context.mode;
  const wanted = request.verify === true || (report.request.kind === 'auto' && mode !== 'off');
  // Hashing a model reads all of it, which nobody should wait for without a question to answer.
  const memory =
    id === REFERENCE || !wanted
      ? null
      : await openTrialMemory({
          store: context.store,
          model,
          host: input.host,
          artifacts: context.memory.artifacts,
        });
  const { feeds, hints, freeDimensions, onProgress, signal } = request;
  return tryCandidates({
    input: probed,
    registry: context.registry,
    model,
    mode,
    verify: request.verify ?? false,
    run,
    memory,
    optionsFor: (backend) => optionsFor(backend, request),
    ...(feeds === undefined ? {} : { feeds }),
    ...(hints === undefined ? {} : { hints }),
    ...(freeDimensions === undefined ? {} : { freeDimensions }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Probes whoever selection chooses of itself, until it stays with one that works. Each backend is tried once. */
async function probeChoice(
  { registry, memory }: ProofContext,
  input: SelectInput,
  request: OpenRequest,
): Promise<SelectInput> {
  let probes: Readonly<Record<string, ProbeOutcome>> = input.probes ?? {};
  const tried = new Set<string>();
  for (;;) {
    const { report, device } = selectDevice({ ...input, probes });
    const exact = report.request.kind === 'exact';
    if (exact) probes = withoutFailures(probes);
    const id = report.selected?.backend ?? REFERENCE;
    // What was asked for by name is only probed for its devices, where the host facts list none.
    const wanted = !exact || (report.selected !== null && device === null);
    const unknown = wanted && id !== REFERENCE && probes[id] === undefined && !tried.has(id);
    // Without an origin it could only be tried in this process, which opening the model does as well.
    if (!unknown || registry.get(id)?.origin === undefined) return { ...input, probes };
    tried.add(id);
    request.onProgress?.(`trying ${id} on this machine`);
    await memory.probe({ ids: [id], ...(request.signal === undefined ? {} : { signal: request.signal }) });
    probes = { ...probes, ...(await memory.recall()) };
  }
}

/** An exact request is met or refused by what happens now, not by what happened some minutes ago. */
function withoutFailures(
  probes: Readonly<Record<string, ProbeOutcome>>,
): Readonly<Record<string, ProbeOutcome>> {
  return Object.fromEntries(Object.entries(probes).filter(([, outcome]) => outcome.ok));
}
