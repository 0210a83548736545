import { errorText } from '@switchyard/core';
import { hidePaths } from './hide-paths.ts';
import type { PrivateCopies } from './files/copy-files.ts';
import type { ReadConfig } from './files/read-config.ts';
import type { LoadContext, LoadSource } from './load-context.ts';
import { LoadedVersion } from './loaded-version.ts';
import {
  checkUnchanged,
  ModelFilesChanged,
  prepareVersion,
  type PreparedVersion,
} from './prepare-version.ts';
import { unchangedModel } from './unchanged-model.ts';

export interface OpenVersionRequest {
  readonly context: LoadContext;
  readonly source: LoadSource;
  readonly version: number;
  readonly read: ReadConfig;
  /** What serves now; `null` for nothing. */
  readonly current: LoadedVersion | null;
  readonly readyVersions: () => readonly string[];
  /** Told of the files beside the model that belong to it. */
  readonly onFiles: (paths: readonly string[]) => void;
}

/**
 * Loads and warms a version beside what serves now. Gives `current` itself when it has the same content
 * and is well.
 *
 * @throws whatever keeps it from being loaded; nothing of it is left then
 */
export async function openVersion(request: OpenVersionRequest): Promise<LoadedVersion> {
  const { context, source, read, current, onFiles } = request;
  const { signal, onEvent } = context;
  signal.throwIfAborted();
  const started = performance.now();
  const { found } = source;
  const prepared = await prepareVersion(found, request.version, read, context.defaults, signal, onFiles);
  if (current?.contentHash === prepared.contentHash && current.executor.health().state !== 'failed') {
    return current;
  }
  const version = String(request.version);
  onEvent({ kind: 'loading', model: found.name, version });
  const letGo = source.hold?.() ?? null;
  let copies: PrivateCopies | null = null;
  const cleanUp = async (): Promise<void> => {
    await copies?.remove();
    await letGo?.();
  };
  try {
    copies = await copy(request, prepared);
    const open = {
      ...prepared.executor.open,
      signal,
      // Copies are nobody's to change.
      ...(copies === null ? { checkModel: unchangedModel(prepared, signal) } : {}),
    };
    const config = { ...prepared.executor, open };
    const executor = await context.openExecutor(copies?.first ?? prepared.modelPath, config);
    try {
      if (copies === null) await checkUnchanged(prepared, signal);
    } catch (error) {
      await executor[Symbol.asyncDispose]();
      throw error;
    }
    const seconds = (performance.now() - started) / 1000;
    onEvent({ kind: 'ready', model: found.name, version, truth: executor.truth, seconds });
    return new LoadedVersion(prepared, executor, request.readyVersions, cleanUp);
  } catch (error) {
    await cleanUp();
    if (copies === null) throw error;
    // Whoever reads it knows the model's folder, and not the one of its copies.
    throw new Error(errorText(error).replaceAll(copies.folder, found.label), { cause: error });
  }
}

/** `null` where the files are loaded from their place. @throws when they changed, or have to be copied and cannot be */
async function copy(
  { context, source, version }: OpenVersionRequest,
  { engineFiles }: PreparedVersion,
): Promise<PrivateCopies | null> {
  // What a load brought along is nobody else's already.
  if (context.copyFiles === null || source.hold !== null) return null;
  try {
    return await context.copyFiles(engineFiles);
  } catch (error) {
    if (context.insistsOnCopies || context.signal.aborted || error instanceof ModelFilesChanged) throw error;
    const { found } = source;
    const reason = hidePaths(errorText(error), found);
    context.onEvent({ kind: 'not-copied', model: found.name, version: String(version), reason });
    return null;
  }
}
