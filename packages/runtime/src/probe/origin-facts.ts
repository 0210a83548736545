import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the files say of the module that a backend comes from. Parts that are not there are `null` or absent. */
export interface OriginFacts {
  /** SHA-256 of the module's file. */
  readonly content: string | null;
  /** `name@version` of the package that it stands in. */
  readonly package: string | null;
  /** Versions of the packages which that one uses, by name; what does not resolve is `null`. */
  readonly uses: Readonly<Record<string, string | null>>;
}

interface PackageManifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, unknown>>;
  readonly optionalDependencies?: Readonly<Record<string, unknown>>;
}

/** Reads the files around a module. Loads nothing; a module that is not a file has no facts. */
export async function readOriginFacts(module: string): Promise<OriginFacts> {
  if (!module.startsWith('file:')) return { content: null, package: null, uses: {} };
  const file = fileURLToPath(module);
  const content = await readOrNull(file);
  const owner = await findOwner(dirname(file));
  const names = new Set([
    ...Object.keys(owner?.manifest.dependencies ?? {}),
    ...Object.keys(owner?.manifest.peerDependencies ?? {}),
    ...Object.keys(owner?.manifest.optionalDependencies ?? {}),
  ]);
  const uses: [string, string | null][] = [];
  for (const name of names) uses.push([name, owner === null ? null : await versionOf(name, owner.folder)]);
  return {
    content: content === null ? null : createHash('sha256').update(content).digest('hex'),
    package: owner === null ? null : `${String(owner.manifest.name)}@${String(owner.manifest.version)}`,
    uses: Object.fromEntries(uses),
  };
}

/** The nearest folder upwards whose package.json has a name. */
async function findOwner(
  folder: string,
): Promise<{ readonly folder: string; readonly manifest: PackageManifest } | null> {
  for (const candidate of upwards(folder)) {
    const manifest = await readManifest(join(candidate, 'package.json'));
    if (typeof manifest?.name === 'string') return { folder: candidate, manifest };
  }
  return null;
}

/** The version that Node would find from the folder. Read as a file, because `exports` may hide package.json. */
async function versionOf(name: string, folder: string): Promise<string | null> {
  for (const candidate of upwards(folder)) {
    const manifest = await readManifest(join(candidate, 'node_modules', name, 'package.json'));
    if (typeof manifest?.version === 'string') return manifest.version;
  }
  return null;
}

async function readManifest(file: string): Promise<PackageManifest | null> {
  const text = await readOrNull(file);
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    // A damaged package.json says nothing; Node will say what is wrong with it when it loads the package.
    return null;
  }
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // Absent or unreadable: either way it says nothing, and the same nothing next time.
    return null;
  }
}

function* upwards(folder: string): Generator<string> {
  for (let current = folder; ; current = dirname(current)) {
    yield current;
    if (dirname(current) === current) return;
  }
}
