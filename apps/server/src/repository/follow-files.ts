import type { Scan } from './files/found-model.ts';
import { fingerprintOf } from './files/fingerprint.ts';
import { scanSources } from './files/scan-sources.ts';
import type { ModelEntry } from './model-entry.ts';
import type { RepositoryControl } from './repository-options.ts';
import { SettledModels } from './settled-models.ts';
import { watchSources, type SourceWatcher } from './watch-sources.ts';

const INTERVAL_MS = 15_000;
const SETTLE_MS = 1000;

/** The repository, as far as it is needed to follow files. */
export interface FollowedRepository {
  readonly sources: readonly string[];
  readonly entries: ReadonlyMap<string, ModelEntry>;
  readonly entryOf: (name: string) => ModelEntry;
  /** Loads what a scan found of a model. */
  readonly apply: (entry: ModelEntry, scan: Scan) => Promise<void>;
  readonly forget: (entry: ModelEntry) => void;
  /** Whether the repository is being released. */
  readonly ending: () => boolean;
}

/** Brings models in line with their files whenever those have changed and settled. */
export class FollowedFiles implements AsyncDisposable {
  readonly #repository: FollowedRepository;
  readonly #control: Extract<RepositoryControl, { readonly mode: 'watch' }>;
  readonly #settled: SettledModels;
  #watcher: SourceWatcher | null = null;

  constructor(
    repository: FollowedRepository,
    control: Extract<RepositoryControl, { readonly mode: 'watch' }>,
  ) {
    this.#repository = repository;
    this.#control = control;
    this.#settled = new SettledModels(control.settleMs ?? SETTLE_MS);
  }

  /** Takes what a scan found as what is loaded. */
  async accept(scan: Scan): Promise<void> {
    for (const found of scan.models.values()) {
      this.#settled.accept(found.name, await fingerprintOf(found, []));
    }
  }

  begin(): void {
    this.#watcher = watchSources({
      sources: this.#repository.sources,
      events: this.#control.method !== 'poll',
      intervalMs: this.#control.intervalMs ?? INTERVAL_MS,
      settleMs: this.#control.settleMs ?? SETTLE_MS,
      look: () => this.#look(),
    });
  }

  /** Drops what is known of a model's files. */
  forget(name: string): void {
    this.#settled.forget(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher?.[Symbol.asyncDispose]();
  }

  /** Looks at the sources once; tells whether something has to be looked at again soon. */
  async #look(): Promise<boolean> {
    const { sources, entries } = this.#repository;
    const scan = await scanSources(sources);
    const names = new Set([...scan.models.keys(), ...scan.problems.keys(), ...entries.keys()]);
    let open = false;
    for (const name of names) {
      const fingerprint = await this.#fingerprint(name, scan);
      const verdict = this.#settled.see(name, fingerprint);
      if (verdict === 'waiting') open = true;
      if (verdict === 'changed') this.#reconcile(name, scan);
    }
    return open;
  }

  /** What has to stay the same for the settle time. */
  async #fingerprint(name: string, scan: Scan): Promise<string> {
    const found = scan.models.get(name);
    const { entries } = this.#repository;
    if (found !== undefined) return fingerprintOf(found, entries.get(name)?.companions ?? []);
    const problem = scan.problems.get(name);
    return problem ?? `gone ${this.#sourceProblem(name, scan)}`;
  }

  /** Why the source of a model cannot be read, `''` when it can. */
  #sourceProblem(name: string, scan: Scan): string {
    const source = this.#repository.entries.get(name)?.source ?? null;
    return source === null ? '' : (scan.unreadable.get(source) ?? '');
  }

  #reconcile(name: string, scan: Scan): void {
    const { apply, entryOf, ending, forget } = this.#repository;
    const entry = entryOf(name);
    void entry
      .inTurn(async () => {
        if (ending()) return;
        if (scan.models.has(name) || scan.problems.has(name)) {
          entry.wanted = true;
          entry.known = true;
          await apply(entry, scan);
        } else {
          this.#remove(entry, this.#sourceProblem(name, scan));
        }
      })
      .then(() => forget(entry));
  }

  /** A folder that was removed was meant; a file that is missing may be about to come back. */
  #remove(entry: ModelEntry, sourceProblem: string): void {
    entry.known = false;
    if (sourceProblem !== '' && !entry.plainFile) {
      // The model may be in it still.
      entry.problem = `its source cannot be read: ${sourceProblem}`;
      return;
    }
    if (entry.plainFile && entry.ready.length > 0) {
      entry.problem = 'its file is gone; serves what was loaded before';
      return;
    }
    entry.wanted = false;
    entry.problem = '';
    entry.retireAll('its files are gone', true);
    void entry.drained().then(() => this.#repository.forget(entry));
  }
}
