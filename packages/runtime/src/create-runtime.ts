import { resolve } from 'node:path';
import {
  backendNames,
  createRegistry,
  knownAliases,
  knownId,
  readSettings,
  select,
  type BackendV1,
  type HostFacts,
  type KnownBackend,
  type ModelSourceV1,
  type Registry,
  type SelectInput,
  type SelectionReport,
  type SelectionWarning,
  type SettingStatement,
} from '@switchyard/core';
import { cacheDirectory, readHostFacts } from '@switchyard/core/host';
import { calibrateCandidates, type CalibrationRequest } from './calibrate-candidates.ts';
import { lookForArtifacts } from './look-for-artifacts.ts';
import { createMachineMemory } from './machine-memory.ts';
import { openSession, type IsolationPolicy } from './open-session.ts';
import { requestStatements, type OpenRequest } from './open-request.ts';
import type { ProbeAllRequest, ProbeReport } from './probe/probe-all.ts';
import { proveChoice, type ProofContext } from './prove-choice.ts';
import type { ModelInput, Session } from './session.ts';
import { memoryStore } from './store/memory-store.ts';
import { openStore, type Store } from './store/open-store.ts';
import type { Calibration } from './trials/calibrate.ts';
import type { TrialMode } from './trials/try-candidates.ts';

/** What a runtime is made of, and how it separates the models that it opens from their callers. */
export interface RuntimeOptions extends IsolationPolicy {
  /** The backends of this composition; being listed here is what `installed` means. */
  readonly backends: readonly BackendV1[];
  /** (optional) A registry that was composed already, with what is not installed. Default: made from `backends`. */
  readonly registry?: Registry;
  /**
   * (optional) What `lookForArtifacts` said of `registry` on `host`, for a program that had to know it before.
   * Default: the backends look for their files.
   */
  readonly known?: readonly KnownBackend[];
  /**
   * (optional) Everything that anybody said. Default: the environment and the configuration files are
   * read, so that an operator's off-switch works in every program.
   */
  readonly settings?: readonly SettingStatement[];
  /** (optional) Warnings that arose while `settings` were read. Default: none. */
  readonly warnings?: readonly SelectionWarning[];
  /** (optional) Facts about the machine. Default: the machine is read. */
  readonly host?: HostFacts;
  /**
   * (optional) Folder where probes and trials are remembered, or `null` to remember nothing. Default:
   * `SWITCHYARD_CACHE_DIR`, or the platform's folder for caches.
   */
  readonly cache?: string | null;
  /** (optional) What an automatic choice has to prove before its first run. Default: `all`. */
  readonly trials?: TrialMode;
}

/** Opens models on the backend that selection chooses, and says why. */
export interface Runtime extends AsyncDisposable {
  readonly host: HostFacts;
  readonly registry: Registry;
  /** Where probes and trials are remembered. */
  readonly store: Store;
  /**
   * What {@link Runtime.open} would choose. Loads and starts nothing: remembered probes count, and with a
   * model its remembered trials. Refusal is an outcome here, not an error.
   */
  explain(request?: OpenRequest, model?: ModelInput): Promise<SelectionReport>;
  /**
   * The same once an automatic choice was probed and tried with the model, unless that is remembered or
   * switched off. Nothing stays open.
   *
   * @throws ModelError when the model cannot be read, ExecutionError `aborted`
   */
  prove(model: ModelInput, request?: OpenRequest): Promise<SelectionReport>;
  /**
   * Tries backends on this machine, each in a process of its own, and remembers what happened.
   *
   * @throws ExecutionError `aborted`
   */
  probe(request?: ProbeRequest): Promise<readonly ProbeReport[]>;
  /**
   * Opens a model. An automatic choice other than `cpu` is probed and tried first, unless that is
   * remembered or switched off.
   *
   * @throws SelectionError when selection refuses, ModelError when the model is at fault
   */
  open(model: ModelInput, request?: OpenRequest): Promise<Session>;
  /**
   * Measures a model on every backend that may run it here, or on those that are named, each in a process
   * of its own. It ranks nobody.
   */
  calibrate(model: ModelInput, request?: CalibrationRequest): Promise<Calibration>;
  /** Releases every session that is still open. */
  close(): Promise<void>;
}

/** What {@link Runtime.probe} may be told. */
export type ProbeRequest = Pick<ProbeAllRequest, 'ids' | 'refresh' | 'signal' | 'onLevel'>;

/** Composes a runtime. Reads settings and host facts unless they are given; loads nothing native. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const registry = options.registry ?? createRegistry(options.backends);
  const names = backendNames(
    registry.known().map((known) => ({ id: knownId(known), aliases: knownAliases(known) })),
  );
  const read =
    options.settings === undefined
      ? await readSettings({
          names,
          cwd: process.cwd(),
          environment: process.env,
          // A project's file and environment may speak to its server too.
          otherKeys: ['server'],
          otherVariables: [
            'SWITCHYARD_CACHE_DIR',
            ...Object.keys(process.env).filter((name) => name.startsWith('SWITCHYARD_SERVER_')),
          ],
        })
      : { statements: options.settings, warnings: options.warnings ?? [] };
  const host = options.host ?? (await readHostFacts());
  const known = options.known ?? (await lookForArtifacts(registry, host));
  const warnings: SelectionWarning[] = [...read.warnings];
  const store = storeOf(options.cache, (message) => warnings.push({ message, remedy: null }));
  const memory = createMachineMemory(registry, known, host, store);
  // Not the sessions themselves: one that everybody else forgot has to be noticed.
  const open = new Set<() => Promise<void>>();

  const inputFor = async (request: OpenRequest): Promise<SelectInput> => ({
    known,
    host,
    settings: [...read.statements, ...requestStatements(request)],
    probes: await memory.recall(),
    warnings,
  });
  const prove: ProofContext = { registry, memory, store, mode: options.trials ?? 'all' };
  const close = async (): Promise<void> => {
    await Promise.all([...open].map((release) => release()));
  };
  return {
    host,
    registry,
    store,
    explain: async (request = {}, model) => {
      const input = await inputFor(request);
      if (model === undefined) return select(input);
      return (await proveChoice(prove, input, sourceOf(model), request, false)).report;
    },
    prove: async (model, request = {}) =>
      (await proveChoice(prove, await inputFor(request), sourceOf(model), request, true)).report,
    probe: (request = {}) => memory.probe(request),
    open: async (model, request = {}) => {
      const source = sourceOf(model);
      const { input } = await proveChoice(prove, await inputFor(request), source, request, true);
      let release: (() => Promise<void>) | undefined;
      const session = await openSession(registry, input, source, request, options, () => {
        if (release !== undefined) open.delete(release);
      });
      release = session.close;
      open.add(release);
      return session;
    },
    calibrate: async (model, request = {}) =>
      calibrateCandidates(registry, await inputFor({}), sourceOf(model), request),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function sourceOf(model: ModelInput): ModelSourceV1 {
  return typeof model === 'string' ? { path: resolve(model) } : model;
}

function storeOf(cache: string | null | undefined, onWarning: (message: string) => void): Store {
  if (cache === null) return memoryStore();
  return openStore(cache ?? cacheDirectory({ environment: process.env }), { onWarning });
}
