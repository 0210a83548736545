import { errorText } from '@switchyard/core';
import type { ModelState, RepositoryIndexEntry } from '@switchyard/open-inference';
import { chooseVersions } from './config/version-policy.ts';
import type { FoundModel } from './files/found-model.ts';
import { readConfig, type ReadConfig } from './files/read-config.ts';
import { hidePaths } from './hide-paths.ts';
import type { LoadContext, LoadSource } from './load-context.ts';
import type { LoadedVersion } from './loaded-version.ts';
import { openVersion } from './open-version.ts';

interface Slot {
  readonly version: number;
  state: ModelState;
  reason: string;
  current: LoadedVersion | null;
  /** Whether nothing shall be told about it once it is out of service. */
  forget: boolean;
}

/** One model by name: its versions, and what happens to them one thing after the other. */
export class ModelEntry {
  readonly name: string;
  /** Whether it is to be served, so that readiness asks for it. */
  wanted = false;
  /** Whether anybody ever tried to load it. */
  attempted = false;
  /** Whether the last scan found its name. */
  known = false;
  /** Source that it was found in last; `null` before. */
  source: string | null = null;
  /** Whether what it was loaded from is a file of its own, and not a folder. */
  plainFile = false;
  /** Why it cannot be loaded as a whole; `''` when it can. */
  problem = '';
  /** Files beside a model that belong to it. */
  companions: ReadonlySet<string> = new Set();
  readonly #context: LoadContext;
  readonly #slots = new Map<number, Slot>();
  readonly #retiring = new Set<Promise<void>>();
  #ready: readonly LoadedVersion[] = [];
  #readyVersions: readonly string[] = [];
  #turns = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: string, context: LoadContext) {
    this.name = name;
    this.#context = context;
  }

  /** Does one thing after all others of this model. */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#turns += 1;
    const turn = this.#last.then(task).finally(() => {
      this.#turns -= 1;
    });
    this.#last = turn.catch(() => null);
    return turn;
  }

  /** Whether nothing of it is left to tell about, and nobody waits for a turn. */
  get forgettable(): boolean {
    return this.#slots.size === 0 && this.#turns === 0 && !this.wanted && !this.known;
  }

  /** READY versions, ascending. */
  get ready(): readonly LoadedVersion[] {
    return this.#ready;
  }

  /** The version asked for if it is READY, and what is known of it otherwise. */
  version(version: number): LoadedVersion | 'not-ready' | 'unknown' {
    const slot = this.#slots.get(version);
    return slot === undefined ? 'unknown' : (slot.current ?? 'not-ready');
  }

  /** Loads what a source wants served; gives why versions failed, by version. */
  async apply(source: LoadSource): Promise<ReadonlyMap<number, string>> {
    this.attempted = true;
    const { found } = source;
    this.plainFile = found.file !== null;
    this.source = found.source;
    let read: ReadConfig;
    let wanted: readonly number[];
    try {
      read = await readConfig(found, source.config);
      if (found.versions.size === 0) {
        // What was taken away stays away, whatever the rest of the folder says.
        this.#retireMissing(found, 'its folder is gone');
        throw new Error('the model has no folder of a version, as `1`');
      }
      wanted = chooseVersions(read.config.version_policy, [...found.versions.keys()]);
    } catch (error) {
      this.problem = hidePaths(errorText(error), found);
      this.#context.onEvent({ kind: 'load-failed', model: this.name, version: '', reason: this.problem });
      throw new Error(this.problem, { cause: error });
    }
    this.problem = '';
    const failures = new Map<number, string>();
    const companions = new Set<string>();
    await Promise.all(
      wanted.map(async (version) => {
        const failure = await this.#load(source, version, read, (paths) => {
          for (const path of paths) companions.add(path);
        });
        if (failure !== null) failures.set(version, failure);
      }),
    );
    this.companions = companions;
    for (const slot of this.#slots.values()) {
      if (wanted.includes(slot.version)) continue;
      // A version that still lies there keeps serving until what shall follow it is READY.
      if (failures.size > 0 && found.versions.has(slot.version)) continue;
      const gone = !found.versions.has(slot.version);
      this.#retireSlot(slot, gone ? 'its folder is gone' : 'the version policy wants others', gone);
    }
    return failures;
  }

  /** Takes every version out of service; requests under way come to their end. */
  retireAll(reason: string, forget: boolean): void {
    for (const slot of this.#slots.values()) this.#retireSlot(slot, reason, forget);
  }

  /** Resolves when nothing of what was taken out of service is left. */
  async drained(): Promise<void> {
    while (this.#retiring.size > 0) await Promise.all(this.#retiring);
  }

  rows(onlyReady: boolean): readonly RepositoryIndexEntry[] {
    const rows: RepositoryIndexEntry[] = [];
    for (const { version, state, reason } of this.#inOrder()) {
      if (onlyReady && state !== 'READY') continue;
      const why = reason || this.problem;
      rows.push({ name: this.name, version: String(version), state, ...(why === '' ? {} : { reason: why }) });
    }
    if (rows.length > 0 || onlyReady) return rows;
    if (this.problem === '') return [{ name: this.name }];
    return [{ name: this.name, state: 'UNAVAILABLE', reason: this.problem }];
  }

  /** Why it does not serve what it should; `''` when it does. */
  unready(): string {
    if (this.#ready.length === 0) {
      const reasons = this.#inOrder().map(
        ({ version, state, reason }) => `version ${version} is ${state}${reason === '' ? '' : `: ${reason}`}`,
      );
      return `model '${this.name}' is not ready: ${this.problem || reasons.join('; ') || 'it was not loaded yet'}`;
    }
    for (const slot of this.#inOrder()) {
      if (slot.current === null && slot.state === 'LOADING')
        return `model '${this.name}' version ${slot.version} is loading`;
      if (slot.current === null && slot.state === 'UNAVAILABLE' && slot.reason !== 'unloaded') {
        return `model '${this.name}' version ${slot.version} is not ready: ${slot.reason}`;
      }
      const health = slot.current?.executor.health();
      if (health?.state === 'failed')
        return `model '${this.name}' version ${slot.version} has failed: ${health.reason}`;
    }
    return '';
  }

  async #load(
    source: LoadSource,
    version: number,
    read: ReadConfig,
    onFiles: (paths: readonly string[]) => void,
  ): Promise<string | null> {
    const slot = this.#slotOf(version);
    if (slot.current === null) {
      slot.state = 'LOADING';
      slot.reason = '';
    }
    try {
      const loaded = await this.#context.limit(() =>
        openVersion({
          context: this.#context,
          source,
          version,
          read,
          current: slot.current,
          readyVersions: () => this.#readyVersions,
          onFiles,
        }),
      );
      slot.reason = '';
      if (loaded === slot.current) return null;
      const before = slot.current;
      slot.current = loaded;
      slot.state = 'READY';
      this.#refresh();
      if (before !== null) void this.#retire(before, 'newer files took its place');
      return null;
    } catch (error) {
      const reason = hidePaths(errorText(error), source.found);
      slot.reason =
        slot.current === null
          ? reason
          : `serves what was loaded before; the newest files failed to load: ${reason}`;
      if (slot.current === null) slot.state = 'UNAVAILABLE';
      this.#context.onEvent({ kind: 'load-failed', model: this.name, version: String(version), reason });
      return reason;
    }
  }

  #retireMissing(found: FoundModel, reason: string): void {
    for (const slot of this.#slots.values()) {
      if (!found.versions.has(slot.version)) this.#retireSlot(slot, reason, true);
    }
  }

  #retireSlot(slot: Slot, reason: string, forget: boolean): void {
    const { current } = slot;
    slot.forget = forget;
    slot.current = null;
    slot.reason = '';
    this.#refresh();
    // What is on its way out already goes on; what failed has nothing to wait for.
    if (current === null && slot.state === 'UNLOADING') return;
    slot.state = 'UNLOADING';
    const settle = (): void => {
      // It may have been loaded again meanwhile.
      if (slot.state !== 'UNLOADING') return;
      slot.state = 'UNAVAILABLE';
      slot.reason = 'unloaded';
      if (slot.forget) this.#slots.delete(slot.version);
    };
    if (current === null) settle();
    else void this.#retire(current, reason).then(settle);
  }

  #retire(loaded: LoadedVersion, reason: string): Promise<void> {
    const event = { kind: 'unloaded', model: this.name, version: loaded.version } as const;
    const done: Promise<void> = loaded
      .retire(this.#context.forced)
      .then(
        () => this.#context.onEvent({ ...event, reason }),
        (error: unknown) =>
          this.#context.onEvent({ ...event, reason: `${reason}; its end failed: ${errorText(error)}` }),
      )
      .finally(() => this.#retiring.delete(done));
    this.#retiring.add(done);
    return done;
  }

  #slotOf(version: number): Slot {
    let slot = this.#slots.get(version);
    if (slot === undefined) {
      slot = { version, state: 'LOADING', reason: '', current: null, forget: false };
      this.#slots.set(version, slot);
    }
    return slot;
  }

  #inOrder(): readonly Slot[] {
    return [...this.#slots.values()].toSorted((left, right) => left.version - right.version);
  }

  #refresh(): void {
    this.#ready = this.#inOrder().flatMap(({ current }) => (current === null ? [] : [current]));
    this.#readyVersions = this.#ready.map(({ version }) => version);
  }
}
