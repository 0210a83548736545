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
  type Registry,
  type SelectionReport,
  type SelectionWarning,
  type SettingStatement,
} from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { lookForArtifacts } from './look-for-artifacts.ts';
import { openSession, type IsolationPolicy } from './open-session.ts';
import { requestStatements, type OpenRequest } from './open-request.ts';
import type { ModelInput, Session } from './session.ts';

/** What a runtime is made of, and how it separates the models that it opens from their callers. */
export interface RuntimeOptions extends IsolationPolicy {
  /** The backends of this composition; being listed here is what `installed` means. */
  readonly backends: readonly BackendV1[];
  /** (optional) A registry that was composed already, with what is not installed. Default: made from `backends`. */
  readonly registry?: Registry;
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
  /** Where probes and trials are remembered, or `null` where nothing is. */
  readonly store: Store | null;
  /**
   * What {@link Runtime.open} would choose. Loads and starts nothing: remembered probes count, and with a
   * model its remembered trials. Refusal is an outcome here, not an error.
   */
  explain(request?: OpenRequest, model?: ModelInput): Promise<SelectionReport>;
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

/** What {@link Runtime.calibrate} may be told. */
export interface CalibrationRequest extends Pick<
  CalibrateRequest,
  'runs' | 'batch' | 'budgetMs' | 'feeds' | 'hints' | 'freeDimensions' | 'signal' | 'onProgress'
> {
  /** (optional) Backends to measure, each as an exact request. Default: all that an automatic choice could take. */
  readonly backends?: readonly string[];
  /** (optional) Options of the backends, checked against each schema. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
}

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
          otherVariables: ['SWITCHYARD_CACHE_DIR'],
        })
      : { statements: options.settings, warnings: options.warnings ?? [] };
  const host = options.host ?? (await readHostFacts());
  const known = await lookForArtifacts(registry, host);
  const store = storeOf(options.cache);
  const memory = store === null ? null : createMachineMemory(registry, known, host, store);
  // Not the sessions themselves: one that everybody else forgot has to be noticed.
  const open = new Set<() => Promise<void>>();

  const inputFor = async (request: OpenRequest): Promise<SelectInput> => ({
    known,
    host,
    settings: [...read.statements, ...requestStatements(request)],
    warnings: read.warnings,
    probes: (await memory?.recall()) ?? {},
  });
  const prove: ProofContext = { registry, memory, store, host, mode: options.trials ?? 'all' };
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
    probe: (request = {}) => {
      const forgetful = memory ?? createMachineMemory(registry, known, host, openStore(devNullFolder()));
      return forgetful.probe(request);
    },
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
      calibrateCandidates(registry, await inputFor({}), sourceOf(model), request, store),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function sourceOf(model: ModelInput): ModelSourceV1 {
  return typeof model === 'string' ? { path: resolve(model) } : model;
}
