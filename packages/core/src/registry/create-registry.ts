import type { BackendV1 } from '../backend/v1/backend-v1.ts';
import { RegistrationError } from '../errors/registration-error.ts';
import {
  knownAliases,
  knownId,
  type InstalledBackend,
  type KnownBackend,
} from '../selection/known-backend.ts';
import { checkBackend } from './check-backend.ts';

/** The backends of one composition. An object, never a global: two of them cannot disturb each other. */
export interface Registry {
  /**
   * Takes a backend in after checking it. Nothing of it is run.
   *
   * @throws RegistrationError when it does not fulfil the contract or its id is taken
   */
  register(backend: BackendV1): void;
  /**
   * Takes in what is known of a backend that cannot be run: not installed, not listed, unusable.
   *
   * @throws RegistrationError `duplicate-backend`
   */
  add(known: Exclude<KnownBackend, InstalledBackend>): void;
  /** Everything that is known, sorted by id. */
  known(): readonly KnownBackend[];
  /** The registered backend with this id, or `null`. */
  get(id: string): BackendV1 | null;
}

/** Makes an empty registry, or one with these backends. */
export function createRegistry(backends: readonly BackendV1[] = []): Registry {
  const entries = new Map<string, { readonly known: KnownBackend; readonly backend: BackendV1 | null }>();

  const insert = (known: KnownBackend, backend: BackendV1 | null): void => {
    for (const entry of entries.values()) {
      const taken = [knownId(entry.known), ...knownAliases(entry.known)];
      const clash = [knownId(known), ...knownAliases(known)].find((name) => taken.includes(name));
      if (clash === undefined) continue;
      throw new RegistrationError(
        'duplicate-backend',
        `\`${packageOf(entry.known)}\` and \`${packageOf(known)}\` both offer a backend named \`${clash}\`.`,
        { subject: clash, remedy: 'Remove one of the two packages from the composition.' },
      );
    }
    entries.set(knownId(known), { known, backend });
  };

  const registry: Registry = {
    register(offered) {
      const { backend, manifest } = checkBackend(offered);
      const predicate: InstalledBackend['predicate'] = (host) => backend.predicate(host);
      insert({ state: 'installed', manifest, predicate }, backend);
    },
    add(known) {
      insert(known, null);
    },
    known() {
      return [...entries.values()]
        .map((entry) => entry.known)
        .toSorted((left, right) => (knownId(left) < knownId(right) ? -1 : 1));
    },
    get(id) {
      return entries.get(id)?.backend ?? null;
    },
  };
  for (const backend of backends) registry.register(backend);
  return registry;
}

function packageOf(known: KnownBackend): string {
  if (known.state === 'installed') return known.manifest.package.name;
  return known.state === 'not-installed' ? known.package : known.package.name;
}
