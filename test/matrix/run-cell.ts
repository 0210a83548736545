import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from './cells.ts';
import { checkEngines, checkImport, checkTypes } from './check-package.ts';
import { checkSwitchyard } from './check-programs.ts';
import { installedPackages } from './installed-packages.ts';
import { emptyProject, type PackageManager } from './package-managers.ts';

const CLI = '@switchyard/cli';

/** What one cell gave with one package manager: the problem of each check that was made, or `null` where it passed. */
export interface CellResult {
  readonly packages: ReadonlyMap<string, number>;
  readonly checks: Readonly<Partial<Record<CheckName, string | null>>>;
}

/** The checks of a cell, in the order in which they are made. */
export const CHECKS = ['install', 'engines', 'import', 'types', 'cli'] as const;

type CheckName = (typeof CHECKS)[number];

/** Installs a package alone into an empty project, looks at everything, and takes the project away. */
export async function runCell(
  cell: Cell,
  manager: PackageManager,
  project: string,
  environment: NodeJS.ProcessEnv,
): Promise<CellResult> {
  const { manifest } = cell.package;
  const optional = manifest.peerDependenciesMeta ?? {};
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => optional[name]?.optional !== true,
  );
  const asked = [manifest.name, ...cell.beside, ...(manager.installsPeers ? [] : peers)];
  const checks: Partial<Record<CheckName, string | null>> = {};
  let packages: ReadonlyMap<string, number> = new Map();
  const check = async (name: CheckName, look: () => unknown): Promise<void> => {
    try {
      await look();
      checks[name] = null;
    } catch (error) {
      checks[name] = error instanceof Error ? error.message : String(error);
    }
  };
  emptyProject(project, manager);
  await check('install', async () => manager.add(project, asked));
  if (checks.install === null) {
    packages = installedPackages(join(project, 'node_modules'));
    await check('engines', () => checkEngines(cell, packages));
    await check('import', async () => checkImport(cell, project, environment));
    await check('types', async () => checkTypes(cell, project, environment));
    if (cell.backend !== null || manifest.name === CLI) {
      await check('cli', async () => {
        if (manifest.name !== CLI) await manager.add(project, [CLI]);
        await checkSwitchyard(cell, manager, project, environment);
      });
    }
  }
  rmSync(project, { recursive: true, force: true });
  return { packages, checks };
}
