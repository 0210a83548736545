import { ModelError, type ModelSourceV1 } from '@switchyard/core';
import type { CompiledModel, Core, Model, NodeAddon } from 'openvino-node';
import type { CacheChoice } from './openvino-cache-options.ts';
import { openCompileCache, type CompileCache } from './openvino-compile-cache.ts';
import { modelFingerprint } from './openvino-fingerprint.ts';
import type { OpenvinoConfig } from './openvino-options.ts';
import { readPlacement } from './openvino-placement.ts';
import { checkPresent } from './openvino-present.ts';
import { wasLoadedFromCache } from './openvino-read-back.ts';
import { engineError, saidText } from './openvino-error.ts';
import type { OpenvinoTarget } from './openvino-target.ts';

/** A model to compile, with everything that decides how. */
export interface CompileRequest {
  readonly library: NodeAddon;
  readonly core: Core;
  readonly target: OpenvinoTarget;
  readonly config: OpenvinoConfig;
  readonly source: ModelSourceV1;
  readonly model: Model;
  /** Path or name of the model, for messages. */
  readonly name: string;
  /** `null` where nobody asked for compiled models to be kept. */
  readonly cache: CacheChoice | null;
  readonly progress: (phase: string) => void;
}

/** A compiled model, and what lets go of its folder when it is no longer used. */
export interface CompiledForTarget {
  readonly compiled: CompiledModel;
  readonly release: () => Promise<void>;
}

/**
 * Compiles for exactly one device, tells what takes long and how long it took, and keeps the result where
 * that was asked for. Trouble with the folder of compiled models is told and never fails the opening.
 */
export async function compileForTarget(request: CompileRequest): Promise<CompiledForTarget> {
  const { target, progress } = request;
  const cache = await openCache(request);
  if (cache === null) {
    progress(`compiling for ${target.name}`);
    const { compiled, took } = await compile(request, request.config);
    progress(`compiled for ${target.name} in ${took}`);
    return { compiled, release: async () => undefined };
  }
  progress(
    cache.filled
      ? `loading the model that is compiled for ${target.name} already`
      : `compiling for ${target.name}, cached afterwards`,
  );
  try {
    const { compiled, took } = await compile(request, { ...request.config, CACHE_DIR: cache.directory });
    const loaded = wasLoadedFromCache(compiled);
    const trouble = await cache.publish();
    if (trouble !== null) progress(trouble);
    progress(endText(target.name, took, cache.filled, loaded));
    return { compiled, release: async () => cache.dispose() };
  } catch (error) {
    await cache.dispose();
    if (!isCacheFault(error, cache)) throw error;
    progress(`The compiled model is not kept, because OpenVINO could not write it: ${saidText(error)}.`);
    return compileForTarget({ ...request, cache: null });
  }
}

/** Whether a compilation failed only because of its folder: a disk that is full, a file that cannot be written. */
function isCacheFault(error: unknown, cache: CompileCache): boolean {
  return (
    error instanceof Error &&
    (error.message.includes(cache.directory) || /no space left/i.test(error.message))
  );
}

async function openCache(request: CompileRequest): Promise<CompileCache | null> {
  const { cache, progress } = request;
  if (cache === null) return null;
  const opened = await openCompileCache(cache, await modelFingerprint(request));
  if (opened.ok) return opened.cache;
  progress(`The compiled model is not kept, because \`${cache.folder}\` cannot be used: ${opened.why}.`);
  return null;
}

function endText(device: string, took: string, filled: boolean, loaded: boolean | null): string {
  if (loaded === true) return `loaded for ${device} from the cache in ${took}`;
  if (loaded === null) return `ready for ${device} in ${took}; OpenVINO does not say whether it was compiled`;
  return filled
    ? `compiled for ${device} in ${took}, because OpenVINO did not accept the cached model`
    : `compiled for ${device} in ${took}`;
}

async function compile(
  request: CompileRequest,
  config: OpenvinoConfig,
): Promise<{ readonly compiled: CompiledModel; readonly took: string }> {
  const { core, model, target } = request;
  const begun = performance.now();
  try {
    const compiled = await core.compileModel(model, target.name, config);
    return { compiled, took: `${((performance.now() - begun) / 1000).toFixed(1)} s` };
  } catch (error) {
    throw compileFailure(request, config, error);
  }
}

/** Says whose fault a failed compilation is, as far as the engine lets us tell. */
function compileFailure(request: CompileRequest, config: OpenvinoConfig, error: unknown): Error {
  const { core, model, name, target } = request;
  try {
    checkPresent(core, target);
  } catch (absent) {
    return absent instanceof Error ? absent : new Error(String(absent));
  }
  const said = saidText(error);
  const property = Object.keys(config).find((key) => key !== 'CACHE_DIR' && said.includes(key));
  if (property !== undefined) {
    const message = `OpenVINO device \`${target.name}\` refused ${property} = \`${String(config[property])}\`: ${said}.`;
    return engineError('invalid-value', message, said, 'Remove that option or change its value.', error);
  }
  const placement = readPlacement(core, model, target.name, []);
  if (placement.providers.length > 0 && !placement.complete) {
    const message = `OpenVINO device \`${target.name}\` cannot run all of \`${name}\`: ${placement.source} It said: ${said}.`;
    return new ModelError('model-unsupported', message, {
      model: name,
      remedy: 'Use another device or backend.',
      cause: error,
    });
  }
  const message = `OpenVINO could not compile \`${name}\` for \`${target.name}\`: ${said}.`;
  const remedy = 'Try `--device openvino:CPU`, or update the driver of the device.';
  return engineError('probe-failed', message, said, remedy, error);
}
