import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { PUBLISHED, readManifest, ROOT, type WorkspacePackage } from './workspace.ts';

/** Variables for programs of the workspace: found without a shell's help, silent towards the network. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const tools = join(ROOT, '.tools/pnpm/node_modules');
  // Turbo starts pnpm itself and needs the program; pnpm's launcher is a script without an interpreter.
  const native = existsSync(join(tools, '@pnpm'))
    ? readdirSync(join(tools, '@pnpm')).map((name) => join(tools, '@pnpm', name))
    : [];
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|NODE_OPTIONS$|VITEST)/i.test(name),
  );
  const environment = Object.fromEntries(inherited);
  const pathKey = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [
    dirname(process.execPath),
    join(ROOT, 'node_modules/.bin'),
    ...native,
    join(tools, '.bin'),
  ];
  return {
    ...environment,
    [pathKey]: [...folders, environment[pathKey]].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
}

function tool(program: string, args: readonly string[], cwd: string): void {
  const shell = process.platform === 'win32';
  const ended = spawnSync(program, args, { cwd, env: toolEnvironment(), encoding: 'utf8', shell });
  if (ended.error !== undefined) throw ended.error;
  if (ended.status === 0) return;
  throw new Error(
    `\`${program} ${args.join(' ')}\` ended with ${ended.status}:\n${ended.stdout}\n${ended.stderr}`,
  );
}

/**
 * Builds every published package (nothing to do where the build is fresh), packs it as a release does
 * and unpacks it.
 *
 * @returns the unpacked folder of every package by its name
 */
export function packEverything(folder: string): ReadonlyMap<string, string> {
  const groups = ['--filter=./packages/*', '--filter=./apps/*'];
  tool('turbo', ['run', 'build', ...groups, '--output-logs=errors-only'], ROOT);
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  tool('pnpm', ['--recursive', ...groups, 'pack', '--pack-destination', tarballs], ROOT);
  return new Map(
    PUBLISHED.map(({ manifest }) => {
      const tarball = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
      const unpacked = join(folder, 'unpacked', manifest.name);
      mkdirSync(unpacked, { recursive: true });
      execFileSync('tar', ['-xzf', join(tarballs, tarball), '-C', unpacked, '--strip-components=1']);
      return [manifest.name, unpacked] as const;
    }),
  );
}

/**
 * An empty project outside the workspace that has exactly these packages, with the third-party packages
 * that they declare linked from the workspace, so that nothing is downloaded.
 */
export function consumerProject(
  folder: string,
  names: readonly string[],
  unpacked: ReadonlyMap<string, string>,
  left: readonly string[] = [],
): string {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@switchyard'), { recursive: true });
  mkdirSync(join(modules, '@types'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  symlinkSync(realpathSync(join(ROOT, 'node_modules/@types/node')), join(modules, '@types/node'), 'junction');
  for (const name of names) {
    // A link would be resolved to where it points, away from the project's node_modules.
    cpSync(unpacked.get(name)!, join(modules, name), { recursive: true });
    const source = PUBLISHED.find(({ manifest }) => manifest.name === name)!;
    for (const dependency of thirdParty(source)) {
      const target = join(modules, dependency);
      if (left.includes(dependency) || existsSync(target)) continue;
      const place = join(source.directory, 'node_modules', dependency);
      // A project may leave an optional peer out, and so may the workspace.
      if (source.manifest.peerDependenciesMeta?.[dependency]?.optional === true && !existsSync(place))
        continue;
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(realpathSync(place), target, 'junction');
    }
  }
  return folder;
}

function thirdParty({ manifest }: WorkspacePackage): string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
    (name) => !name.startsWith('@switchyard/'),
  );
}

/** The two ways in which TypeScript projects resolve packages today. */
export const RESOLUTIONS = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

/** Checks one file of a project with every declaration that it reaches; gives what the compiler says. */
export function typeCheck(project: string, file: string, resolution: keyof typeof RESOLUTIONS): string {
  const config = join(project, `tsconfig.${file}.${resolution}.json`);
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  const manifest = createRequire(join(ROOT, 'package.json')).resolve('typescript/package.json');
  const { bin } = readManifest(dirname(manifest));
  const ended = runNode([join(dirname(manifest), bin!['tsc']!), '-p', config], project);
  return ended.status === 0 ? '' : `${ended.stdout}${ended.stderr}`;
}

/** Runs Node in a project as its owner does: without conditions of ours, or the search path of pnpm's launchers. */
export function runNode(
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): SpawnSyncReturns<string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:NODE_OPTIONS$|NODE_PATH$|SWITCHYARD_|VITEST)/i.test(name),
  );
  const ended = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), ...environment },
    timeout: 60_000,
  });
  if (ended.error !== undefined) throw ended.error;
  return ended;
}
