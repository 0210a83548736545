import {
  createRegistry,
  type BackendV1,
  type Registry,
  type SelectionWarning,
  type SettingStatement,
} from '@switchyard/core';
import { addPlugins, addUnusable } from './add-plugins.ts';
import type { Discovery } from './discover.ts';
import { loadBackend } from './load-backend.ts';

/** The backends of one run of a program. */
export interface Composition {
  readonly registry: Registry;
  readonly warnings: readonly SelectionWarning[];
}

/**
 * Puts the backends together: those that the program was built with, the first-party packages that are
 * there, and the third-party packages that somebody listed. What is missing, not listed or broken is
 * known to the registry too, so that every report can say so. Nothing native is loaded.
 */
export async function composeBackends(
  builtIn: readonly BackendV1[],
  discovery: Discovery,
  statements: readonly SettingStatement[],
): Promise<Composition> {
  const registry = createRegistry(builtIn);
  for (const { entry, found } of discovery.firstParty) {
    const { id, aliases, title, optIn, deviceKinds, factory } = entry;
    if (found === null) {
      const install = `${discovery.installCommand} ${entry.package}`;
      registry.add({
        state: 'not-installed',
        id,
        aliases,
        title,
        package: entry.package,
        optIn,
        deviceKinds,
        install,
      });
      continue;
    }
    const reason = await loadBackend({ found, id, factory, contract: null }, registry);
    if (reason !== null) {
      addUnusable(registry, found, id, reason, []);
    }
  }
  const warnings = [...discovery.warnings, ...(await addPlugins(registry, discovery, statements))];
  return { registry, warnings };
}
