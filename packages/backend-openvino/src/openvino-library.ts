import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { makeReason, type Reason } from '@switchyard/core';
import type { NodeAddon } from 'openvino-node';
import { findOpenvinoFiles } from './openvino-artifacts.ts';
import { saidText } from './openvino-error.ts';

/** The loaded binding, or why there is none. */
export type LoadedOpenvino =
  | { readonly ok: true; readonly library: NodeAddon }
  | { readonly ok: false; readonly reason: Reason; readonly cause: unknown };

/** Gives the binding when it is first needed. */
export type OpenvinoLoader = () => Promise<LoadedOpenvino>;

const LIBRARY_MISSING =
  /cannot open shared object file|specified module could not be found|Library not loaded/i;

/** Says what a failed load means. */
export function loadFailure(error: unknown): Reason {
  const said = saidText(error);
  const evidence = [{ path: 'import openvino-node', value: said }];
  if (LIBRARY_MISSING.test(said)) {
    return makeReason(
      'runtime-library-missing',
      `OpenVINO could not be loaded, because a system library that it needs was not found: ${said}.`,
      evidence,
      'Install the library that the message names, or see "Needs" in docs/backends/openvino.md.',
    );
  }
  return makeReason(
    'probe-failed',
    `OpenVINO could not be loaded: ${said}.`,
    evidence,
    'Reinstall `openvino-node` with its install script allowed; if it fails again, report the message.',
  );
}

/**
 * A loader that imports openvino-node at its first call and remembers a success. Resolution starts
 * at `baseDirectory`, or at this package where none is given; a failure is tried again next time.
 */
export function createOpenvinoLoader(baseDirectory?: string): OpenvinoLoader {
  let loaded: LoadedOpenvino | undefined;
  return async () => {
    if (loaded !== undefined) return loaded;
    try {
      const files = findOpenvinoFiles(baseDirectory);
      if (files.problem !== null) return { ok: false, reason: files.problem, cause: undefined };
      // By its folder, so that what is imported is what was looked at.
      const entry = pathToFileURL(createRequire(import.meta.url).resolve(files.directory)).href;
      const module = (await import(entry)) as typeof import('openvino-node');
      loaded = { ok: true, library: module.addon };
      return loaded;
    } catch (error) {
      return { ok: false, reason: loadFailure(error), cause: error };
    }
  };
}
