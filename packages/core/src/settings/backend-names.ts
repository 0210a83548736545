import { nearestName } from '../util/nearest-name.ts';

/** Ids and aliases that a person may type, resolved to ids. */
export interface BackendNames {
  /** Every id, sorted. */
  readonly ids: readonly string[];
  /** Every id and alias, sorted. */
  readonly all: readonly string[];
  /** The id that a typed name stands for, or `null` when nothing is called so. */
  resolve(name: string): string | null;
  /** The known name nearest to a mistyped one, or `null`. */
  nearest(name: string): string | null;
}

/** Collects names. An id wins over an alias of another backend, so that an alias can never hide a backend. */
export function backendNames(
  known: readonly { readonly id: string; readonly aliases: readonly string[] }[],
): BackendNames {
  const table = new Map<string, string>();
  for (const { id, aliases } of known) for (const alias of aliases) table.set(alias, id);
  for (const { id } of known) table.set(id, id);
  const all = [...table.keys()].toSorted();
  return {
    all,
    ids: known.map(({ id }) => id).toSorted(),
    resolve: (name) => table.get(name) ?? null,
    nearest: (name) => nearestName(name, all),
  };
}
