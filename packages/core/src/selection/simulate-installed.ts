import { SettingsError } from '../errors/settings-error.ts';
import { backendNames } from '../settings/backend-names.ts';
import { knownAliases, knownId, type KnownBackend } from './known-backend.ts';

/**
 * The same composition with another set of installed packages, for questions about other machines. A
 * backend whose package is not here cannot be simulated: its predicate is never guessed at.
 *
 * @param installed ids or aliases of the backends to take as installed
 * @throws SettingsError `unknown-backend` or `invalid-value`
 */
export function simulateInstalled(
  known: readonly KnownBackend[],
  installed: readonly string[],
  source: string,
): readonly KnownBackend[] {
  const names = backendNames(known.map((one) => ({ id: knownId(one), aliases: knownAliases(one) })));
  const wanted = new Set(
    installed.map((typed) => {
      const id = names.resolve(typed);
      if (id !== null) return id;
      const nearest = names.nearest(typed);
      throw new SettingsError(
        'unknown-backend',
        `${source} names the backend \`${typed}\`, which is not known here.`,
        {
          source,
          remedy:
            nearest === null ? `Known backends: ${names.ids.join(', ')}.` : `Did you mean \`${nearest}\`?`,
        },
      );
    }),
  );
  return known.map((one) => {
    const id = knownId(one);
    if (!wanted.has(id)) return one.state === 'installed' ? asNotInstalled(one) : one;
    // Files of this machine say nothing about another one.
    if (one.state === 'installed')
      return { state: one.state, manifest: one.manifest, predicate: one.predicate };
    throw new SettingsError(
      'invalid-value',
      `${source} takes \`${id}\` as installed, but its package is not usable here, so its predicate cannot be asked.`,
      {
        source,
        remedy:
          one.state === 'not-installed'
            ? one.install
            : one.state === 'not-listed'
              ? `List it first: --plugin ${one.package.name}`
              : (one.reason.remedy ?? 'Leave it out.'),
      },
    );
  });
}

function asNotInstalled(one: KnownBackend & { readonly state: 'installed' }): KnownBackend {
  const { id, aliases, title, optIn, deviceKinds } = one.manifest;
  return {
    state: 'not-installed',
    id,
    aliases: aliases ?? [],
    title,
    package: one.manifest.package.name,
    optIn,
    deviceKinds,
    install: `npm install ${one.manifest.package.name}`,
  };
}
