import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { toolEnvironment } from '../packed-project.ts';
import { readManifest } from '../workspace.ts';
import { runProgram } from './run-program.ts';

/** A package manager as a project uses it: install scripts blocked, everything from one registry. */
export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn';
  /** Whether it installs what a package declares as a peer; otherwise the person does. */
  readonly installsPeers: boolean;
  /** The command that the programs of Switchyard tell a person of such a project. */
  readonly addCommand: string;
  /** Adds packages to a project. @throws with what the manager printed, when it fails */
  add(project: string, packages: readonly string[]): Promise<void>;
  /** Its version. */
  version(): Promise<string>;
}

/** Makes an empty project for a package manager. */
export function emptyProject(folder: string, manager: PackageManager): void {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  // Its lockfile says whose project it is.
  if (manager.name === 'yarn') writeFileSync(join(folder, 'yarn.lock'), '');
}

/**
 * npm, pnpm and Yarn with a home of their own: no settings of a person, no cache but the one of this run.
 *
 * @param home folder for their caches
 * @param registry address of the only registry
 */
export function packageManagers(home: string, registry: string): readonly PackageManager[] {
  mkdirSync(home, { recursive: true });
  const environment = {
    ...personEnvironment(home),
    npm_config_registry: registry,
    pnpm_config_registry: registry,
  };
  const configured =
    (file: string, lines: readonly string[], program: string, args: readonly string[]) =>
    async (project: string, packages: readonly string[]) => {
      writeFileSync(join(project, file), `${lines.join('\n')}\n`);
      const ended = await runProgram(program, [...args, ...packages], project, environment);
      if (ended.status === 0) return;
      const said = `${ended.stdout}\n${ended.stderr}`.trim();
      throw new Error(
        `\`${[program, ...args, ...packages].join(' ')}\` ended with ${ended.status}:\n${said}`,
      );
    };
  const versionOf = (program: string, args: readonly string[]) => async () => {
    const { stdout } = await runProgram(program, [...args, '--version'], home, environment);
    return stdout.trim();
  };
  const npm = ['audit=false', 'fund=false', 'ignore-scripts=true', 'update-notifier=false'];
  const pnpm = [
    'ignoreScripts: true',
    'strictDepBuilds: false',
    'minimumReleaseAge: 0',
    'updateNotifier: false',
    `storeDir: ${JSON.stringify(join(home, 'pnpm-store'))}`,
    `cacheDir: ${JSON.stringify(join(home, 'pnpm-cache'))}`,
    `registry: ${JSON.stringify(registry)}`,
  ];
  const yarn = [
    'nodeLinker: node-modules',
    'enableScripts: false',
    'enableTelemetry: false',
    'enableGlobalCache: false',
    'enableImmutableInstalls: false',
    'compressionLevel: 0',
    'npmMinimalAgeGate: 0',
    `cacheFolder: ${JSON.stringify(join(home, 'yarn-cache'))}`,
    `globalFolder: ${JSON.stringify(join(home, 'yarn-global'))}`,
    `npmRegistryServer: ${JSON.stringify(registry)}`,
    "unsafeHttpWhitelist: ['127.0.0.1']",
  ];
  const npmLines = [...npm, `registry=${registry}`, `cache=${join(home, 'npm-cache')}`];
  return [
    {
      name: 'npm',
      installsPeers: true,
      addCommand: 'npm install',
      add: configured('.npmrc', npmLines, 'npm', ['install']),
      version: versionOf('npm', []),
    },
    {
      name: 'pnpm',
      installsPeers: true,
      addCommand: 'pnpm add',
      add: configured('pnpm-workspace.yaml', pnpm, 'pnpm', ['add']),
      version: versionOf('pnpm', []),
    },
    {
      name: 'yarn',
      installsPeers: false,
      addCommand: 'yarn add',
      add: configured('.yarnrc.yml', yarn, process.execPath, [yarnProgram(), 'add']),
      version: versionOf(process.execPath, [yarnProgram()]),
    },
  ];
}

/** The environment of somebody with an empty home, and nothing that the caller's package manager or tests set. */
export function personEnvironment(home: string): NodeJS.ProcessEnv {
  const wrong = /^(?:npm_|pnpm_|yarn_|NODE_OPTIONS$|NODE_PATH$|SWITCHYARD_|VITEST|XDG_|CI$|INIT_CWD$)/i;
  const kept = Object.entries(toolEnvironment()).filter(([name]) => !wrong.test(name));
  return { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, NO_COLOR: '1' };
}

function yarnProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/package.json');
  return join(dirname(manifest), readManifest(dirname(manifest)).bin!['yarn']!);
}
