import { errorText } from '@switchyard/core';
import type { PrivateCopies } from './files/copy-files.ts';
import type { ReadConfig } from './files/read-config.ts';
import type { LoadContext, LoadSource } from './load-context.ts';
import { LoadedVersion } from './loaded-version.ts';
import { checkUnchanged, prepareVersion } from './prepare-version.ts';

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
    if (context.copyFiles !== null) copies = await context.copyFiles(prepared.engineFiles);
    const config = { ...prepared.executor, open: { ...prepared.executor.open, signal } };
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
