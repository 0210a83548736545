import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

/** A package that was found, by its folder and manifest; none of its code was run. */
export interface FoundPackage {
  readonly name: string;
  /** Absolute path without links, so that one package is never loaded twice. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Looks for a package as code in a folder would find it. Reads files, runs nothing. */
export function findPackage(name: string, from: string): FoundPackage | null {
  const seen = seePackage(name, from);
  return seen === null ? null : seen.found();
}

/** A package of which only the manifest was read. */
export interface SeenPackage {
  readonly manifest: FoundPackage['manifest'];
  /** Finds out where it really lies, which for every dependency of a project would be most of a start. */
  found(): FoundPackage;
}

/** The first half of {@link findPackage}: what the manifest says, without following links. */
export function seePackage(name: string, from: string): SeenPackage | null {
  if (isBuiltin(name)) return null;
  for (let folder = from; ; folder = dirname(folder)) {
    const seen = packageAt(name, join(folder, 'node_modules', name, 'package.json'));
    if (seen !== null) return seen;
    if (dirname(folder) === folder) break;
  }
  // `require` also looks in NODE_PATH, where `import` does not; only Plug'n'Play needs its answer.
  if (process.versions['pnp'] === undefined) return null;
  try {
    return packageAt(name, createRequire(join(from, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    // Not there, or there without showing its manifest: both mean that it cannot be found.
    return null;
  }
}

/** The object in a `package.json`, or `null` where there is none that can be read as one. */
export function readManifest(file: string): Readonly<Record<string, unknown>> | null {
  try {
    // Most places that are asked have none, and an error is dear to make.
    if (!existsSync(file)) return null;
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(manifest) ? manifest : null;
  } catch {
    // Absent and damaged manifests are the same to a reader of metadata: there is nothing to go by.
    return null;
  }
}

/** Whether a value is a plain object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function packageAt(name: string, file: string): SeenPackage | null {
  const manifest = readManifest(file);
  if (manifest === null) return null;
  return { manifest, found: () => ({ name, folder: dirname(realpathSync(file)), manifest }) };
}
