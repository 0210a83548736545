import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the repository. */
export const ROOT: string = join(import.meta.dirname, '..');

/** The three conditions of an entry, in the order in which resolvers read them. */
export interface Entry {
  readonly '@switchyard/source': string;
  readonly types: string;
  readonly default: string;
}

/** The fields of a package.json that these tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly repository?: { readonly type: string; readonly url: string; readonly directory: string };
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
  readonly engines?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Entry>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package of this workspace. */
export interface WorkspacePackage {
  /** Its folder from the root, with slashes: `packages/core`. */
  readonly folder: string;
  /** The same as an absolute path. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** Reads a package.json. */
export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}

function packagesIn(group: string): WorkspacePackage[] {
  if (!existsSync(join(ROOT, group))) return [];
  return readdirSync(join(ROOT, group))
    .toSorted()
    .map((name) => ({ folder: `${group}/${name}`, directory: join(ROOT, group, name) }))
    .filter(({ directory }) => existsSync(join(directory, 'package.json')))
    .map((place) => ({ ...place, manifest: readManifest(place.directory) }));
}

/** Everything that is published: the packages and the apps. */
export const PUBLISHED: readonly WorkspacePackage[] = [...packagesIn('packages'), ...packagesIn('apps')];

/** The private example projects. */
export const EXAMPLES: readonly WorkspacePackage[] = packagesIn('examples');

/** The backends among the published packages. */
export const BACKENDS: readonly WorkspacePackage[] = PUBLISHED.filter(({ manifest }) =>
  /^@switchyard\/backend-(?!conformance$)/.test(manifest.name),
);

/** The entries of a package that are modules, by the specifier that a user writes. */
export function moduleEntries(manifest: Manifest): { readonly specifier: string; readonly entry: Entry }[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
    typeof entry === 'string' ? [] : [{ specifier: manifest.name + subpath.slice(1), entry }],
  );
}

/** Files that git tracks, and those that it would track if they were added, from the root with slashes. */
export function repositoryFiles(...pathspecs: string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...pathspecs],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // A file that was removed and not yet committed is still listed.
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)))
    .toSorted();
}

/** Reads a file of the repository as text. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
