import {
  EngineError,
  ModelError,
  makeReason,
  type BackendSessionV1,
  type ModelSourceV1,
  type OpenContextV1,
} from '@switchyard/core';
import { countNodes } from './count-nodes.ts';
import { openError } from './engine-errors.ts';
import { aborted, inTurn } from './engine-queue.ts';
import type { EngineSession } from './engine.ts';
import { claimThreads, loadEngine, startingQuietly } from './load-engine.ts';
import type { ModelContent } from './read-model.ts';
import { valueInfos } from './value-infos.ts';
import { ID } from './wasm-facts.ts';
import { engineOptions } from './wasm-options.ts';
import { createWasmSession } from './wasm-session.ts';

/**
 * Opens a model in WebAssembly. The engine has no other place to run a node in, so that `strict` asks for nothing
 * that is not so already.
 *
 * @throws SettingsError for an option that is unknown or would be ignored
 * @throws ModelError when the model is at fault, EngineError when the engine is
 * @throws ExecutionError `aborted`
 */
export async function openWasmSession(
  model: ModelSourceV1,
  context: OpenContextV1,
): Promise<BackendSessionV1> {
  const { device, signal } = context;
  if (device.id !== ID) throw noSuchDevice(device.id);
  const options = engineOptions(context.options);
  const name = 'path' in model ? model.path : model.name;
  throwIfAborted(signal);
  const engine = await loadEngine();
  const content = await readContent(model, signal);
  throwIfAborted(signal);
  return inTurn(async () => {
    claimThreads(engine, options.threads);
    const { bytes, externalData } = content;
    const opened = await startingQuietly(engine, () =>
      engine.InferenceSession.create(bytes, {
        ...options.session,
        ...(externalData.length === 0 ? {} : { externalData }),
      }),
    ).catch((error: unknown) => {
      throw openError(name, error);
    });
    return wrap(opened, model, context, options.logSeverityLevel);
  }, signal);
}

async function wrap(
  engine: EngineSession,
  model: ModelSourceV1,
  { device, options }: OpenContextV1,
  logSeverityLevel: number,
): Promise<BackendSessionV1> {
  const name = 'path' in model ? model.path : model.name;
  try {
    const inputs = valueInfos(engine.inputMetadata, 'input', name);
    const outputs = valueInfos(engine.outputMetadata, 'output', name);
    return createWasmSession({
      engine,
      inputs,
      outputs,
      device,
      logSeverityLevel,
      countNodes: () => countNodes(model, options),
    });
  } catch (error) {
    await engine.release();
    throw error;
  }
}

async function readContent(model: ModelSourceV1, signal: AbortSignal | undefined): Promise<ModelContent> {
  try {
    // Here, because whoever only asks what would run reads no model.
    const { readModelContent } = await import('./read-model.ts');
    return await readModelContent(model, signal);
  } catch (error) {
    if (signal?.aborted === true && !ModelError.isInstance(error)) throw aborted(signal);
    throw error;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal);
}

function noSuchDevice(id: string): EngineError {
  return new EngineError({
    backend: ID,
    reason: makeReason(
      'device-unknown',
      `\`${id}\` is not a device of the \`${ID}\` backend, which has one: the processor.`,
      [{ path: 'device', value: id }],
      `Name it as \`${ID}\`, or name none.`,
    ),
  });
}
