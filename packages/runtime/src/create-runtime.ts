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
}

/** Opens models on the backend that selection chooses, and says why. */
export interface Runtime extends AsyncDisposable {
  readonly host: HostFacts;
  readonly registry: Registry;
  /** What {@link Runtime.open} would choose. Loads and starts nothing. Refusal is an outcome here, not an error. */
  explain(request?: OpenRequest): Promise<SelectionReport>;
  /**
   * Opens a model.
   *
   * @throws SelectionError when selection refuses, ModelError when the model is at fault
   */
  open(model: ModelInput, request?: OpenRequest): Promise<Session>;
  /** Releases every session that is still open. */
  close(): Promise<void>;
}

/** Composes a runtime. Reads settings and host facts unless they are given; loads nothing native. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const registry = options.registry ?? createRegistry(options.backends);
  const names = backendNames(
    registry.known().map((known) => ({ id: knownId(known), aliases: knownAliases(known) })),
  );
  const read =
    options.settings === undefined
      ? await readSettings({ names, cwd: process.cwd(), environment: process.env })
      : { statements: options.settings, warnings: options.warnings ?? [] };
  const host = options.host ?? (await readHostFacts());
  const known = await lookForArtifacts(registry, host);
  // Not the sessions themselves: one that everybody else forgot has to be noticed.
  const open = new Set<() => Promise<void>>();

  const inputFor = (request: OpenRequest) => ({
    known,
    host,
    settings: [...read.statements, ...requestStatements(request)],
    warnings: read.warnings,
  });
  const close = async (): Promise<void> => {
    await Promise.all([...open].map((release) => release()));
  };
  return {
    host,
    registry,
    explain: async (request = {}) => select(inputFor(request)),
    open: async (model, request = {}) => {
      const source = typeof model === 'string' ? { path: resolve(model) } : model;
      let release: (() => Promise<void>) | undefined;
      const session = await openSession(registry, inputFor(request), source, request, options, () => {
        if (release !== undefined) open.delete(release);
      });
      release = session.close;
      open.add(release);
      return session;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
