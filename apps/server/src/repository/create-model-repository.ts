import { errorText, ModelError } from '@switchyard/core';
import type { RepositoryIndexEntry } from '@switchyard/open-inference';
import { MODEL_DEFAULTS } from './config/executor-config.ts';
import { versionNumber, type Scan } from './files/found-model.ts';
import { copyFiles, type PrivateCopies } from './files/copy-files.ts';
import { scanSources } from './files/scan-sources.ts';
import { sweepPrivateFolders } from './files/private-folder.ts';
import { FollowedFiles } from './follow-files.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { loadSource } from './load-source.ts';
import type { LoadedVersion } from './loaded-version.ts';
import type { LoadContext, LoadSource } from './load-context.ts';
import { ModelEntry } from './model-entry.ts';
import type { LoadOptions, ModelLease, ModelRepository, ServedModel } from './model-repository.ts';
import { changedWhileLoading } from './prepare-version.ts';
import type { ModelRepositoryOptions, RepositoryControl } from './repository-options.ts';
import {
  absentModel,
  checkModelName,
  invalidVersion,
  loadFailed,
  notExplicit,
  notReady,
  noVersions,
  unknownModel,
  unknownVersion,
} from './texts.ts';

export type { ModelRepositoryOptions, RepositoryControl } from './repository-options.ts';

/** Makes the repository of a server's models. Nothing is read before {@link ModelRepository.start}. */
export function createModelRepository(options: ModelRepositoryOptions): ModelRepository {
  return new Repository(options);
}

class Repository implements ModelRepository {
  readonly #options: ModelRepositoryOptions;
  readonly #control: RepositoryControl;
  readonly #context: LoadContext;
  readonly #closing = new AbortController();
  readonly #entries = new Map<string, ModelEntry>();
  /** `null` where files are not followed. */
  readonly #followed: FollowedFiles | null;
  /** Ends what does not come to its end by itself. */
  readonly #forced = new AbortController();
  #closed: Promise<void> | null = null;
  #started = false;

  constructor(options: ModelRepositoryOptions) {
    this.#options = options;
    this.#control = options.control ?? { mode: 'none' };
    this.#followed = this.#control.mode === 'watch' ? this.#follow(this.#control) : null;
    this.#context = {
      openExecutor: options.openExecutor,
      defaults: { ...MODEL_DEFAULTS, ...options.defaults },
      limit: limitConcurrency(options.maxConcurrentLoads ?? 2),
      onEvent: options.onEvent ?? (() => undefined),
      copyFiles: this.#copies() ? (files) => this.#copy(files) : null,
      insistsOnCopies: options.modelCopies === 'always',
      signal: this.#closing.signal,
      forced: this.#forced.signal,
    };
  }

  async start(): Promise<void> {
    await sweepPrivateFolders(this.#options.temporaryFolder ?? null);
    const scan = await scanSources(this.#options.sources);
    for (const [source, reason] of scan.unreadable) {
      throw new ModelError('model-unreadable', `The models in \`${source}\` cannot be read: ${reason}.`, {
        model: source,
        remedy: 'Name a `.onnx` file, a folder of them, or a repository of models.',
      });
    }
    await this.#followed?.accept(scan);
    this.#note(scan);
    const asked = this.#control.mode === 'explicit' ? (this.#control.load ?? []) : ['*'];
    const names = asked.includes('*') ? [...this.#entries.keys()] : asked;
    await Promise.all(names.map((name) => this.#loadAtStart(name, scan)));
    this.#started = true;
    if (!this.#closing.signal.aborted) this.#followed?.begin();
  }

  find(name: string, version: string): ServedModel {
    return this.#find(name, version);
  }

  lease(name: string, version: string): ModelLease {
    return this.#find(name, version).hold();
  }

  loaded(): readonly ServedModel[] {
    return [...this.#entries.values()].flatMap(({ ready }) => ready);
  }

  index(onlyReady: boolean): readonly RepositoryIndexEntry[] {
    const entries = [...this.#entries.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
    return entries.flatMap((entry) => entry.rows(onlyReady));
  }

  async load(name: string, options: LoadOptions): Promise<void> {
    if (this.#control.mode !== 'explicit' || this.#closing.signal.aborted) throw notExplicit();
    checkModelName(name);
    const entry = this.#entryOf(name);
    try {
      await entry.inTurn(async () => {
        await this.#loadNow(entry, options);
        entry.wanted = true;
      });
    } finally {
      this.#forget(entry);
    }
  }

  async unload(name: string, _options: { readonly dependents: boolean }): Promise<void> {
    if (this.#control.mode !== 'explicit') throw notExplicit();
    const entry = this.#entries.get(name);
    // No model depends on another one here, so that there are no dependents to unload.
    await entry?.inTurn(async () => {
      entry.wanted = false;
      entry.problem = '';
      entry.retireAll('it was unloaded', false);
    });
  }

  readiness(): { readonly ready: boolean; readonly reason: string } {
    if (!this.#started) return { ready: false, reason: 'the models are being loaded' };
    if (this.#closing.signal.aborted) return { ready: false, reason: 'the models are being released' };
    if (this.#options.strictReadiness === false) return { ready: true, reason: '' };
    for (const entry of this.#entries.values()) {
      const reason = entry.wanted ? entry.unready() : '';
      if (reason !== '') return { ready: false, reason };
    }
    return { ready: true, reason: '' };
  }

  close(signal?: AbortSignal): Promise<void> {
    this.#closing.abort();
    if (signal?.aborted === true) this.#forced.abort();
    else signal?.addEventListener('abort', () => this.#forced.abort(), { once: true });
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#followed?.[Symbol.asyncDispose]();
    await Promise.all(
      [...this.#entries.values()].map(async (entry) => {
        await entry.inTurn(async () => entry.retireAll('the server ends', false));
        await entry.drained();
      }),
    );
  }

  #find(name: string, version: string): LoadedVersion {
    if (version !== '' && !/^\d+$/.test(version)) throw invalidVersion(version);
    const entry = this.#entries.get(name);
    if (entry === undefined || !entry.attempted) throw unknownModel(name);
    if (version === '') {
      const latest = entry.ready.at(-1);
      if (latest === undefined) throw noVersions(name);
      return latest;
    }
    const number = versionNumber(version);
    const found = number === null ? 'unknown' : entry.version(number);
    if (found === 'unknown') throw unknownVersion(name, version);
    if (found === 'not-ready') throw notReady(name, version);
    return found;
  }

  #entryOf(name: string): ModelEntry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = new ModelEntry(name, this.#context);
      this.#entries.set(name, entry);
    }
    return entry;
  }

  #follow(control: Extract<RepositoryControl, { readonly mode: 'watch' }>): FollowedFiles {
    const repository = {
      sources: this.#options.sources,
      entries: this.#entries,
      entryOf: (name: string) => this.#entryOf(name),
      apply: (entry: ModelEntry, scan: Scan) => this.#applyFound(entry, scan),
      forget: (entry: ModelEntry) => this.#forget(entry),
      ending: () => this.#closing.signal.aborted,
    };
    return new FollowedFiles(repository, control);
  }

  #copies(): boolean {
    const { modelCopies = 'auto' } = this.#options;
    return modelCopies === 'auto' ? this.#control.mode !== 'none' : modelCopies === 'always';
  }

  async #copy(files: ReadonlyMap<string, string>): Promise<PrivateCopies> {
    const copies = await copyFiles(files, this.#options.temporaryFolder ?? null, this.#closing.signal);
    if (copies === null) throw changedWhileLoading();
    return copies;
  }

  /** Makes the names of a scan known, and forgets those of which nothing is left. */
  #note(scan: Scan): void {
    for (const name of [...scan.models.keys(), ...scan.problems.keys()]) this.#entryOf(name);
    for (const entry of this.#entries.values()) {
      entry.known = scan.models.has(entry.name) || scan.problems.has(entry.name);
      this.#forget(entry);
    }
  }

  #forget(entry: ModelEntry): void {
    if (!entry.forgettable) return;
    this.#entries.delete(entry.name);
    this.#followed?.forget(entry.name);
  }

  async #loadAtStart(name: string, scan: Scan): Promise<void> {
    const entry = this.#entryOf(name);
    entry.wanted = true;
    await entry.inTurn(() => this.#applyFound(entry, scan));
  }

  /** Loads what a scan found of a model, and keeps every failure as its reason. */
  async #applyFound(entry: ModelEntry, scan: Scan): Promise<void> {
    const found = scan.models.get(entry.name);
    if (found === undefined) {
      entry.attempted = true;
      entry.problem = scan.problems.get(entry.name) ?? absentModel(entry.name).message;
      this.#context.onEvent({ kind: 'load-failed', model: entry.name, version: '', reason: entry.problem });
      return;
    }
    // Its reason is in the index already.
    await entry.apply({ found, config: null, hold: null }).catch(() => null);
  }

  async #loadNow(entry: ModelEntry, options: LoadOptions): Promise<void> {
    const { name } = entry;
    const scan = await scanSources(this.#options.sources);
    this.#note(scan);
    let letGo: (() => Promise<void>) | undefined;
    let failures: ReadonlyMap<number, string>;
    try {
      const source: LoadSource = await loadSource(name, scan, options, {
        allowed: this.#options.overrides ?? 'config',
        temporaryFolder: this.#options.temporaryFolder ?? null,
      });
      // Held until the versions that came to be hold it themselves.
      letGo = source.hold?.();
      failures = await entry.apply(source);
    } catch (error) {
      throw loadFailedBy(name, error);
    } finally {
      await letGo?.();
    }
    if (failures.size === 0) return;
    const reasons = [...failures].map(
      ([version, reason]) => `version ${version} is at UNAVAILABLE state: ${reason};`,
    );
    throw loadFailed(name, reasons.join(' '));
  }
}

function loadFailedBy(name: string, error: unknown): Error {
  const text = errorText(error);
  return text.includes('failed to load') && text.includes('load failed for model')
    ? (error as Error)
    : loadFailed(name, text);
}
