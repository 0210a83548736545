import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from '@switchyard/composition';
import { findPackage, readManifest } from '@switchyard/composition';

/** One copy of onnxruntime-node. */
export interface EngineCopy {
  readonly version: string;
  /** Absolute path without links. */
  readonly path: string;
  /** Whether the backends of this program load it. */
  readonly ours: boolean;
}

const ENGINE = 'onnxruntime-node';
const HERE = dirname(fileURLToPath(import.meta.url));
/** Enough for any tree that a person keeps; a bound, so that nobody waits for a whole disk. */
const MAX_FOLDERS = 20_000;

/**
 * Copies of onnxruntime-node that programs of a project can load, under other names too (`npm:` aliases).
 * One process can hold one version only. Reads folders, loads nothing.
 */
export function findEngines(project: Project | null): readonly EngineCopy[] {
  const copies = new Map<string, EngineCopy>();
  const add = (folder: string, ours: boolean): void => {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest === null || manifest['name'] !== ENGINE) return;
    const path = realpathSync(folder);
    const version = typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
    copies.set(path, { version, path, ours: ours || copies.get(path)?.ours === true });
  };
  const own = ownEngine();
  if (own !== null) add(own, true);
  if (project !== null) for (const folder of engineFolders(project)) add(folder, false);
  return [...copies.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

/** The copy that `@switchyard/ort-host` resolves, or `null`. */
function ownEngine(): string | null {
  let from = HERE;
  for (const name of ['@switchyard/backend-cpu', '@switchyard/ort-host']) {
    const found = findPackage(name, from);
    if (found === null) return null;
    from = found.folder;
  }
  return findPackage(ENGINE, from)?.folder ?? null;
}

function engineFolders({ folder, dependencies }: Project): readonly string[] {
  const found: string[] = [];
  // A dependency under another name is only known by its manifest.
  for (const name of dependencies) {
    const linked = findPackage(name, folder);
    if (linked !== null) found.push(linked.folder);
  }
  let left = MAX_FOLDERS;
  const waiting = [join(folder, 'node_modules')];
  for (let modules = waiting.pop(); modules !== undefined && left > 0; modules = waiting.pop()) {
    for (const entry of foldersIn(modules)) {
      left -= 1;
      const inner = join(modules, entry);
      if (entry === ENGINE) found.push(inner);
      else if (entry.startsWith('@')) waiting.push(inner);
      // pnpm keeps every version in a folder of this form.
      else if (entry === '.pnpm') {
        for (const kept of foldersIn(inner)) {
          if (kept.startsWith(`${ENGINE}@`)) found.push(join(inner, kept, 'node_modules', ENGINE));
        }
      }
      if (entry !== ENGINE && entry !== '.pnpm') waiting.push(join(inner, 'node_modules'));
    }
  }
  return found;
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM') return [];
    throw error;
  }
}
