import { join } from 'node:path';
import { isRecord, type FoundPackage } from './package-files.ts';

/**
 * File that `import` of a package would load, or `null` where its manifest names none. Node offers
 * this question only for the module that asks, and the packages here belong to other projects.
 */
export function entryFile(found: FoundPackage, conditions: readonly string[]): string | null {
  const { exports, main } = found.manifest;
  if (exports === undefined) {
    return join(found.folder, typeof main === 'string' && main !== '' ? main : 'index.js');
  }
  const root =
    isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('.')) ? exports['.'] : exports;
  const target = resolveTarget(root, conditions);
  return target === null ? null : join(found.folder, target);
}

/** Conditions that this process resolves with, those of its own command line included. */
export function importConditions(
  execArgv: readonly string[],
  nodeOptions: string | undefined,
): readonly string[] {
  const words = [...execArgv, ...(nodeOptions ?? '').split(/\s+/)];
  const own = words.flatMap((word, index) => {
    const inline = /^(?:--conditions|-C)=(.+)$/.exec(word);
    if (inline !== null) return inline[1]!;
    return word === '--conditions' || word === '-C' ? (words[index + 1] ?? []) : [];
  });
  return [...own, 'node', 'import', 'module-sync', 'default'];
}

function resolveTarget(target: unknown, conditions: readonly string[]): string | null {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) {
    for (const one of target) {
      const resolved = resolveTarget(one, conditions);
      if (resolved !== null) return resolved;
    }
    return null;
  }
  if (!isRecord(target)) return null;
  for (const [condition, inner] of Object.entries(target)) {
    if (!conditions.includes(condition)) continue;
    const resolved = resolveTarget(inner, conditions);
    if (resolved !== null) return resolved;
  }
  return null;
}
