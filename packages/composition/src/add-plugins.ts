import {
  RegistrationError,
  type Reason,
  type Registry,
  type SelectionWarning,
  type SettingStatement,
} from '@switchyard/core';
import { BUILT_IN, CATALOGUE } from './catalogue.ts';
import type { Discovery } from './discover.ts';
import { loadBackend } from './load-backend.ts';
import { findPackage, type FoundPackage } from './package-files.ts';
import { isMetadata, pluginMetadata, type PluginMetadata } from './plugin-metadata.ts';

/**
 * Lets third-party packages in: the listed ones are loaded, the others are only known by name. Returns
 * what the reader should hear about. Whatever one of them does wrong stays its own.
 */
export async function addPlugins(
  registry: Registry,
  discovery: Discovery,
  statements: readonly SettingStatement[],
): Promise<SelectionWarning[]> {
  const listed = listedPackages(statements);
  const { plugins, warnings } = withListed(discovery, listed, registry);
  for (const plugin of plugins) {
    const wanted = listed.has(plugin.found.name);
    const rivals = plugins.filter((other) => other.id === plugin.id && other !== plugin);
    const rival = isFirstParty(plugin.id)
      ? firstPartyOf(plugin.id)
      : rivals.find(
          (other) => listed.has(other.found.name) || (!wanted && other.found.name < plugin.found.name),
        )?.found.name;
    if (rival !== undefined) {
      const message = `\`${rival}\` and \`${plugin.found.name}\` both offer a backend named \`${plugin.id}\`.`;
      const remedy = `Remove \`${plugin.found.name}\` from this project, or stop listing it.`;
      warnings.push({ message, remedy });
      if (wanted) {
        const reason: Reason = { code: 'plugin-bug', message, evidence: [], remedy };
        addUnusable(registry, plugin.found, idOfPackage(plugin.found.name), reason, warnings);
      }
      continue;
    }
    if (!wanted) {
      const packaged = { name: plugin.found.name, version: plugin.version };
      registry.add({ state: 'not-listed', id: plugin.id, package: packaged });
      continue;
    }
    const reason = await loadBackend(plugin, registry);
    if (reason === null) continue;
    addUnusable(registry, plugin.found, plugin.id, reason, warnings);
  }
  return warnings;
}

/** Listed packages that are no direct dependency join in; one that is not there at all is said to be missing. */
function withListed(
  discovery: Discovery,
  listed: ReadonlyMap<string, string>,
  registry: Registry,
): { readonly plugins: readonly PluginMetadata[]; readonly warnings: SelectionWarning[] } {
  const plugins = [...discovery.plugins];
  const warnings: SelectionWarning[] = [];
  for (const [name, source] of listed) {
    if (plugins.some((plugin) => plugin.found.name === name)) continue;
    if (name === '@switchyard/backend-cpu' || CATALOGUE.some((entry) => entry.package === name)) {
      warnings.push({
        message: `\`${source}\` lists \`${name}\`, which belongs to Switchyard and needs no listing.`,
        remedy: 'Leave it out.',
      });
      continue;
    }
    const found = discovery.project === null ? null : findPackage(name, discovery.project.folder);
    const metadata = found === null ? null : pluginMetadata(found);
    if (metadata !== null && isMetadata(metadata)) {
      plugins.push(metadata);
      continue;
    }
    const warning =
      found === null
        ? {
            message: `\`${source}\` lists \`${name}\`, but no such package is installed in this project.`,
            remedy: `${discovery.installCommand} ${name}`,
          }
        : (metadata ?? {
            message: `\`${source}\` lists \`${name}\`, but its package.json says nothing of a backend (\`switchyard\`).`,
            remedy: 'Check the name, or ask its author.',
          });
    if (!discovery.warnings.some(({ message }) => message === warning.message)) warnings.push(warning);
    const code = found === null ? 'package-missing' : 'plugin-bug';
    const reason: Reason = { code, ...warning, evidence: [{ path: 'package', value: name }] };
    addUnusable(registry, found ?? { name, manifest: {} }, idOfPackage(name), reason, warnings);
  }
  return {
    plugins: plugins.toSorted((left, right) => (left.found.name < right.found.name ? -1 : 1)),
    warnings,
  };
}

/** Names of listed packages with the words that list them. */
function listedPackages(statements: readonly SettingStatement[]): ReadonlyMap<string, string> {
  return new Map(
    statements
      .filter((statement) => statement.kind === 'plugin')
      .toSorted((left, right) => (left.package < right.package ? -1 : 1))
      .map(({ package: name, source }) => [name, source.detail ?? source.layer]),
  );
}

/** Makes a backend known that was found and cannot be used. */
export function addUnusable(
  registry: Registry,
  found: Pick<FoundPackage, 'name' | 'manifest'>,
  id: string,
  reason: Reason,
  warnings: SelectionWarning[],
): void {
  const { version } = found.manifest;
  const packaged = { name: found.name, version: typeof version === 'string' ? version : null };
  try {
    registry.add({ state: 'unusable', id, aliases: [], package: packaged, reason });
  } catch (error) {
    // Another plugin took the name as an alias; the others must go on.
    if (!RegistrationError.isInstance(error)) throw error;
    warnings.push({ message: reason.message, remedy: reason.remedy ?? error.remedy });
  }
}

function isFirstParty(id: string): boolean {
  return id === BUILT_IN || CATALOGUE.some((entry) => entry.id === id || entry.aliases.includes(id));
}

function firstPartyOf(id: string): string {
  const entry = CATALOGUE.find((one) => one.id === id || one.aliases.includes(id));
  return entry?.package ?? '@switchyard/backend-cpu';
}

/** Stands for a backend whose own id is not known or not free: `@acme/npu` becomes `acme-npu-package`. */
function idOfPackage(name: string): string {
  return `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}-package`;
}
