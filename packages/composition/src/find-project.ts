import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord, readManifest } from './package-files.ts';

/** The project that the program runs in. */
export interface Project {
  readonly folder: string;
  /** Names of the direct dependencies, sorted. */
  readonly dependencies: readonly string[];
  /** What one types in this project to install a package, without its name: `pnpm add`. */
  readonly installCommand: string;
  /** Program that this project installs packages with. */
  readonly manager: ManagerName;
  /** What tells so: `packageManager in package.json`, the name of a lockfile, or that nothing does. */
  readonly managerSource: string;
}

/** A program that installs packages. */
export type ManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
const COMMANDS: Readonly<Record<ManagerName, string>> = {
  npm: 'npm install',
  pnpm: 'pnpm add',
  yarn: 'yarn add',
  bun: 'bun add',
};
const LOCKFILES: readonly (readonly [file: string, manager: ManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** The nearest folder at or above `cwd` with a `package.json` that can be read, or `null`. */
export function findProject(cwd: string): Project | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest !== null) {
      const names = GROUPS.flatMap((group) => {
        const dependencies = manifest[group];
        return isRecord(dependencies) ? Object.keys(dependencies) : [];
      });
      const { manager, source } = packageManager(folder);
      return {
        folder,
        dependencies: [...new Set(names)].toSorted(),
        installCommand: COMMANDS[manager],
        manager,
        managerSource: source,
      };
    }
    if (dirname(folder) === folder) return null;
  }
}

/** What one types to install a package where there is no project. */
export const DEFAULT_INSTALL: string = COMMANDS.npm;

function packageManager(from: string): { readonly manager: ManagerName; readonly source: string } {
  for (let folder = from; ; folder = dirname(folder)) {
    const said = readManifest(join(folder, 'package.json'))?.['packageManager'];
    const name = typeof said === 'string' ? said.split('@', 1)[0]! : '';
    if (isManager(name)) return { manager: name, source: 'packageManager in package.json' };
    const lockfile = LOCKFILES.find(([file]) => existsSync(join(folder, file)));
    if (lockfile !== undefined) return { manager: lockfile[1], source: lockfile[0] };
    if (dirname(folder) === folder) {
      return { manager: 'npm', source: 'neither packageManager in package.json nor a lockfile' };
    }
  }
}

function isManager(name: string): name is ManagerName {
  return Object.hasOwn(COMMANDS, name);
}
