import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  EngineError,
  ModelError,
  makeReason,
  type BackendSessionV1,
  type DeviceV1,
  type ModelSourceV1,
  type OptionValuesV1,
} from '@switchyard/core';
import { loadOrtLibrary, type LoadedOrtLibrary } from './load-ort-library.ts';
import { openError } from './open-error.ts';
import type { OrtInferenceSession } from './ort-library.ts';
import type { OrtProvider } from './ort-provider.ts';
import { ENGINE_NAMES, aborted, createOrtSession } from './ort-session.ts';
import { engineOptions } from './ort-session-options.ts';
import { readPlacementLog, type PlacementLogResult } from './placement/read-placement-log.ts';
import { requireStrictPlacement } from './placement/strict-placement.ts';
import { valueInfos } from './value-infos.ts';

/** What a backend says when it opens a model through ONNX Runtime. */
export interface OrtOpenRequest {
  /** Id of the backend, for errors. */
  readonly backend: string;
  /** Bytes must not change as long as the session is open: its placement is read from them again. */
  readonly model: ModelSourceV1;
  readonly provider: OrtProvider;
  /** The device that was selected. The binding cannot tell which one it took, so the session reports this one. */
  readonly device: DeviceV1;
  /**
   * (optional) Reads back which device the engine took, once the session is open; throws when that is
   * another one, and the session is then released. Default: `device` is reported as it was selected.
   */
  readonly readDevice?: (selected: DeviceV1) => DeviceV1;
  /** Values for keys of `ORT_SESSION_OPTIONS`; any other key is refused. */
  readonly session: OptionValuesV1;
  /**
   * (optional) Refuse the model unless every node, those in subgraphs included, is on the provider. It is
   * opened in a child process too, because the engine itself only looks at the main graph. Default: false.
   */
  readonly strict?: boolean;
  /** (optional) Ends the opening before the engine begins it; afterwards the thread is busy. Default: never. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a model with exactly one execution provider; another one is never tried.
 *
 * @throws SettingsError for a session option that is unknown or would be ignored
 * @throws ModelError when the model is at fault, or `strict` cannot be had with it
 * @throws EngineError when the library, the provider or its device is
 * @throws ExecutionError `aborted`
 */
export async function openOrtSession(request: OrtOpenRequest): Promise<BackendSessionV1> {
  const { backend, model, provider, signal } = request;
  const externalData = 'path' in model ? 'beside-model' : 'none';
  const options = engineOptions(request.session, provider, backend, externalData);
  // Every node of a session on the CPU provider is there; the engine would call the flag a contradiction.
  const strict = request.strict === true && provider.name !== 'cpu';
  throwIfAborted(backend, signal);
  const name = 'path' in model ? model.path : model.name;
  if ('path' in model) await checkFile(model.path);
  else if (model.bytes.byteLength === 0) {
    throw new ModelError('model-invalid', `The model \`${name}\` is empty.`, { model: name });
  }
  const loaded = loadOrtLibrary(backend);
  checkProvider(loaded, provider, backend);
  throwIfAborted(backend, signal);

  let engine: OrtInferenceSession;
  const opening = strict ? withoutCpuFallback(options) : options;
  try {
    engine = await loaded.library.InferenceSession.create(engineModel(model), opening);
  } catch (error) {
    const providerLibraryPresent = hasProviderLibrary(loaded, provider);
    throw openError({ backend, provider: provider.name, model: name, providerLibraryPresent }, error);
  }
  let log: Promise<PlacementLogResult> | undefined;
  const placementLog = (within?: AbortSignal): Promise<PlacementLogResult> =>
    (log ??= readPlacementLog({
      backend,
      model,
      options,
      ...(within === undefined ? {} : { signal: within }),
    }));
  try {
    if (strict) {
      const session = { backend, model: name, provider: ENGINE_NAMES[provider.name] };
      const placed = await placementLog(signal);
      throwIfAborted(backend, signal);
      requireStrictPlacement(session, placed);
    }
    return createOrtSession({
      backend,
      engine,
      inputs: valueInfos(engine.inputMetadata, 'input', name),
      outputs: valueInfos(engine.outputMetadata, 'output', name),
      provider: provider.name,
      device: request.readDevice?.(request.device) ?? request.device,
      reopen: { library: loaded.library, model: engineModel(model), options },
      placementLog,
    });
  } catch (error) {
    await engine.release();
    throw error;
  }
}

/** The engine's own flag: it refuses nodes of the main graph on the CPU provider. */
function withoutCpuFallback(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const extra = (options['extra'] ?? {}) as { readonly session?: Readonly<Record<string, string>> };
  return { ...options, extra: { ...extra, session: { ...extra.session, disable_cpu_ep_fallback: '1' } } };
}

function throwIfAborted(backend: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(backend, signal);
}

/** The binding takes an ArrayBuffer only. */
function engineModel(model: ModelSourceV1): string | Uint8Array {
  if ('path' in model) return model.path;
  return model.bytes.buffer instanceof ArrayBuffer ? model.bytes : Uint8Array.from(model.bytes);
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const absent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw new ModelError(
      absent ? 'model-not-found' : 'model-unreadable',
      absent
        ? `The model \`${file}\` does not exist.`
        : `The model \`${file}\` could not be read: ${error.message}.`,
      { model: file, cause: error },
    );
  });
  if (!found.isFile()) {
    throw new ModelError('model-unreadable', `The model \`${file}\` is no file.`, {
      model: file,
      remedy: 'Name the `.onnx` file itself.',
    });
  }
  if (found.size === 0) {
    throw new ModelError('model-invalid', `The model \`${file}\` is empty.`, { model: file });
  }
}

function checkProvider(loaded: LoadedOrtLibrary, provider: OrtProvider, backend: string): void {
  const names = loaded.library.listSupportedBackends().map(({ name }) => name);
  if (names.includes(provider.name)) return;
  throw new EngineError({
    backend,
    reason: makeReason(
      'platform-unsupported',
      `onnxruntime-node ${loaded.version} for ${process.platform} ${process.arch} was built without the \`${provider.name}\` provider; it has ${names.map((name) => `\`${name}\``).join(', ')}.`,
      [{ path: 'onnxruntime-node.listSupportedBackends', value: names }],
      'Use another backend on this machine.',
    ),
  });
}

/** CUDA and TensorRT come as libraries of their own; the other providers are inside the main one. */
function hasProviderLibrary(loaded: LoadedOrtLibrary, provider: OrtProvider): boolean {
  if (provider.name !== 'cuda' && provider.name !== 'tensorrt') return true;
  const stem = `onnxruntime_providers_${provider.name}`;
  const file = process.platform === 'win32' ? `${stem}.dll` : `lib${stem}.so`;
  return existsSync(path.join(loaded.folder, file));
}
