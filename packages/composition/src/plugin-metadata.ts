import type { SelectionWarning } from '@switchyard/core';
import { isRecord, type FoundPackage } from './package-files.ts';

/** What a third-party package says about itself in the `switchyard` field of its `package.json`. */
export interface PluginMetadata {
  readonly found: FoundPackage;
  readonly version: string;
  readonly id: string;
  /** Version of the backend contract that it was written for: `v1`. */
  readonly contract: string;
  /** Name of the export that makes the backend. */
  readonly factory: string;
}

/** Words that stand where an id may stand and mean something else. */
const RESERVED: readonly string[] = ['auto', 'none', 'all'];
const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Reads the `switchyard` field of a package: the metadata, a warning where it cannot be understood,
 * or `null` where the package says nothing of a backend.
 */
export function pluginMetadata(found: FoundPackage): PluginMetadata | SelectionWarning | null {
  const field = found.manifest['switchyard'];
  if (field === undefined) return null;
  const backend = isRecord(field) ? field['backend'] : undefined;
  if (isRecord(field) && backend === undefined) return null;
  if (!isRecord(backend)) return malformed(found.name, 'its `switchyard` field has no object `backend`');
  const { id, contract, export: factory } = backend;
  if (typeof id !== 'string' || !ID.test(id)) {
    return malformed(
      found.name,
      `its id ${JSON.stringify(id)} is not made of lower-case words joined by hyphens`,
    );
  }
  if (RESERVED.includes(id)) return malformed(found.name, `its id \`${id}\` is a reserved word`);
  if (typeof contract !== 'string' || contract === '') {
    return malformed(found.name, 'it does not name the contract (`"contract": "v1"`)');
  }
  if (typeof factory !== 'string' || factory === '') {
    return malformed(found.name, 'it does not name the `export` that makes the backend');
  }
  const { version } = found.manifest;
  return { found, version: typeof version === 'string' ? version : 'unknown', id, contract, factory };
}

/** Tells metadata from a warning. */
export function isMetadata(value: PluginMetadata | SelectionWarning): value is PluginMetadata {
  return 'found' in value;
}

function malformed(name: string, problem: string): SelectionWarning {
  return {
    message: `\`${name}\` seems to be a backend, but what it says about itself cannot be understood: ${problem}.`,
    remedy: `Report this to the author of \`${name}\`; until then it is left out.`,
  };
}
