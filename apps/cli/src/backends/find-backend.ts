import {
  BUILT_IN,
  CATALOGUE,
  type CatalogueEntry,
  type Discovery,
  type PluginMetadata,
} from '@switchyard/composition';
import { nearestName } from '@switchyard/core';
import { UsageError } from '../usage-error.ts';

/** What the word behind `add`, `remove` or `acquire` stands for. */
export type NamedBackend =
  | { readonly kind: 'built-in' }
  | { readonly kind: 'first-party'; readonly entry: CatalogueEntry }
  /** A third-party backend of this project. */
  | { readonly kind: 'plugin'; readonly plugin: PluginMetadata }
  /** The name of a package that is not here. */
  | { readonly kind: 'package'; readonly name: string };

/** Names of packages with a scope, which no id of a backend looks like. */
const SCOPED = /^@[a-z0-9~][a-z0-9._~-]*\/[a-z0-9~][a-z0-9._~-]*$/;

/**
 * Finds a backend by its id, another name of it, or the name of its package.
 *
 * @throws UsageError for a word that means nothing, with the nearest name
 */
export function findBackend(word: string, { plugins }: Discovery): NamedBackend {
  if (word === BUILT_IN || word === '@switchyard/backend-cpu') return { kind: 'built-in' };
  const entry = CATALOGUE.find(
    (one) => one.id === word || one.package === word || one.aliases.includes(word),
  );
  if (entry !== undefined) return { kind: 'first-party', entry };
  const plugin = plugins.find((one) => one.id === word || one.found.name === word);
  if (plugin !== undefined) return { kind: 'plugin', plugin };
  if (SCOPED.test(word)) return { kind: 'package', name: word };
  const names = [
    BUILT_IN,
    ...CATALOGUE.flatMap(({ id, aliases }) => [id, ...aliases]),
    ...plugins.map(({ id }) => id),
  ];
  const nearest = nearestName(word, names);
  throw new UsageError(
    `There is no backend \`${word}\`; the backends are ${names.join(', ')}.`,
    nearest === null
      ? 'A third-party backend is named by its package: install that yourself, and list it in `plugins` of switchyard.config.json or with `--plugin`.'
      : `Did you mean \`${nearest}\`?`,
  );
}
