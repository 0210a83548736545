import type { SelectionWarning } from '@switchyard/core';
import { BUILT_IN, CATALOGUE, type CatalogueEntry } from './catalogue.ts';
import { DEFAULT_INSTALL, findProject, type Project } from './find-project.ts';
import { findPackage, seePackage, type FoundPackage } from './package-files.ts';
import { isMetadata, pluginMetadata, type PluginMetadata } from './plugin-metadata.ts';

/** What lies around, read from manifests alone: none of the code that was found has been run. */
export interface Discovery {
  readonly project: Project | null;
  /** What one types to install a package here, without its name. */
  readonly installCommand: string;
  readonly firstParty: readonly { readonly entry: CatalogueEntry; readonly found: FoundPackage | null }[];
  /** Third-party backends among the direct dependencies, sorted by the name of their package. */
  readonly plugins: readonly PluginMetadata[];
  readonly warnings: readonly SelectionWarning[];
  /** Ids and aliases that exist here before any third-party code was run. */
  readonly names: readonly { readonly id: string; readonly aliases: readonly string[] }[];
}

const FIRST_PARTY: readonly string[] = [
  '@switchyard/backend-cpu',
  ...CATALOGUE.map((entry) => entry.package),
];

/**
 * Looks for backends in the project at or above a folder and beside the program.
 *
 * @param cwd absolute path of the folder that the program runs in
 * @param beside absolute path of a folder of the program, from which its own optional peers are found
 */
export function discover(cwd: string, beside: string): Discovery {
  const project = findProject(cwd);
  const firstParty = CATALOGUE.map((entry) => {
    const own =
      project?.dependencies.includes(entry.package) === true
        ? findPackage(entry.package, project.folder)
        : null;
    return { entry, found: own ?? findPackage(entry.package, beside) };
  });
  const warnings: SelectionWarning[] = [];
  const plugins: PluginMetadata[] = [];
  for (const name of project?.dependencies ?? []) {
    if (FIRST_PARTY.includes(name)) continue;
    const seen = seePackage(name, project!.folder);
    if (seen?.manifest['switchyard'] === undefined) continue;
    const metadata = pluginMetadata(seen.found());
    if (metadata === null) continue;
    if (isMetadata(metadata)) plugins.push(metadata);
    else warnings.push(metadata);
  }
  return {
    project,
    installCommand: project?.installCommand ?? DEFAULT_INSTALL,
    firstParty,
    plugins,
    warnings,
    names: uniqueNames([
      { id: BUILT_IN, aliases: [] },
      ...CATALOGUE.map(({ id, aliases }) => ({ id, aliases })),
      ...plugins.map(({ id }) => ({ id, aliases: [] })),
    ]),
  };
}

function uniqueNames(
  names: readonly { readonly id: string; readonly aliases: readonly string[] }[],
): Discovery['names'] {
  const taken = new Set<string>();
  return names.filter(({ id, aliases }) => {
    if (taken.has(id)) return false;
    for (const name of [id, ...aliases]) taken.add(name);
    return true;
  });
}
