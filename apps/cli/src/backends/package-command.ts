import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, type ManagerName, type Project } from '@switchyard/composition';

/** A command that changes what is installed. */
export interface PackageCommand {
  readonly manager: ManagerName;
  /** What tells that it is this one. */
  readonly managerSource: string;
  readonly program: string;
  readonly words: readonly string[];
  /** Folder that it runs in. */
  readonly folder: string;
}

const WORDS: Readonly<Record<ManagerName, Readonly<Record<'add' | 'remove', readonly string[]>>>> = {
  npm: { add: ['install'], remove: ['uninstall'] },
  pnpm: { add: ['add'], remove: ['remove'] },
  yarn: { add: ['add'], remove: ['remove'] },
  bun: { add: ['add'], remove: ['remove'] },
};

/** The command for the project at hand, with what its package manager asks for in the root of a workspace. */
export function projectCommand(
  project: Project,
  action: 'add' | 'remove',
  packages: readonly string[],
): PackageCommand {
  const { folder, manager, managerSource } = project;
  const words = [...WORDS[manager][action], ...rootWords(project), ...packages];
  return { manager, managerSource, program: manager, words, folder };
}

/**
 * The command for a program that was installed for every project.
 *
 * @param program absolute path of a folder of this program; it tells which package manager put it there
 */
export function globalCommand(
  program: string,
  cwd: string,
  action: 'add' | 'remove',
  packages: readonly string[],
): PackageCommand {
  const path = program.replaceAll('\\', '/');
  const manager: ManagerName = /\/pnpm\/global\//.test(path)
    ? 'pnpm'
    : /\/\.bun\/install\/global\//.test(path)
      ? 'bun'
      : /\/yarn\/global\//i.test(path)
        ? 'yarn'
        : 'npm';
  const words =
    manager === 'yarn'
      ? ['global', ...WORDS.yarn[action], ...packages]
      : [...WORDS[manager][action], '--global', ...packages];
  return {
    manager,
    managerSource: 'the folder that this program is installed in',
    program: manager,
    words,
    folder: cwd,
  };
}

/** The command as one types it. */
export function commandText({ program, words }: Pick<PackageCommand, 'program' | 'words'>): string {
  return [program, ...words].join(' ');
}

function rootWords({ folder, manager }: Project): readonly string[] {
  if (manager === 'pnpm' && isPnpmWorkspace(folder)) return ['--workspace-root'];
  if (manager !== 'yarn' || existsSync(join(folder, '.yarnrc.yml'))) return [];
  const manifest = readManifest(join(folder, 'package.json'));
  const classic = !/^"yarn@(?!1\.)/.test(JSON.stringify(manifest?.['packageManager'] ?? ''));
  return classic && manifest?.['workspaces'] !== undefined ? ['-W'] : [];
}

/** pnpm keeps settings of single projects in the same file; `packages` makes it a workspace. */
function isPnpmWorkspace(folder: string): boolean {
  const file = join(folder, 'pnpm-workspace.yaml');
  return existsSync(file) && /^packages\s*:/m.test(readFileSync(file, 'utf8'));
}
