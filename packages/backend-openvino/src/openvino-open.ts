import {
  checkOptions,
  ExecutionError,
  type BackendSessionV1,
  type ModelSourceV1,
  type OpenContextV1,
} from '@switchyard/core';
import type { Core, NodeAddon } from 'openvino-node';
import { readCacheChoice } from './openvino-cache-options.ts';
import { compileForTarget } from './openvino-compile.ts';
import { readSupportedProperties } from './openvino-devices.ts';
import { readModel } from './openvino-model.ts';
import { OPENVINO_OPTIONS, toOpenvinoConfig } from './openvino-options.ts';
import { checkPresent } from './openvino-present.ts';
import { readPorts } from './openvino-ports.ts';
import { readBackDevice, readBackOptions } from './openvino-read-back.ts';
import { engineError } from './openvino-error.ts';
import { OpenvinoSession } from './openvino-session.ts';
import { parseTarget, refusedDevice, type OpenvinoTarget } from './openvino-target.ts';

function checkAbort(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const cause: unknown = signal.reason;
  throw new ExecutionError('aborted', 'Opening the model was aborted.', { backend: 'openvino', cause });
}

function findTarget(deviceId: string): OpenvinoTarget {
  const target = parseTarget(deviceId);
  if (target !== null) return target;
  throw engineError(
    'device-unknown',
    refusedDevice(deviceId) ?? `\`${deviceId}\` is not the name of an OpenVINO device.`,
    deviceId,
    'Name `openvino:CPU`, `openvino:GPU`, `openvino:GPU.1` or `openvino:NPU`.',
  );
}

/**
 * Opens a model on the device of the context, and on no other. Rejects with a `ModelError` when the
 * model is at fault, an `EngineError` when the device or engine is, a `SettingsError` for options that
 * contradict each other, and an `ExecutionError` with `aborted` between two phases when the signal fired.
 */
export async function openOpenvinoModel(
  library: NodeAddon,
  source: ModelSourceV1,
  context: OpenContextV1,
): Promise<BackendSessionV1> {
  const { signal } = context;
  const options = checkOptions(OPENVINO_OPTIONS, context.options, 'backend `openvino`');
  const progress = context.onProgress ?? ((): void => undefined);
  const target = findTarget(context.device.id);
  const cache = readCacheChoice(options);
  toOpenvinoConfig(options, target);
  checkAbort(signal);
  const core: Core = new library.Core();
  checkPresent(core, target);
  const config = toOpenvinoConfig(options, target, readSupportedProperties(core, target.name));
  progress('reading the model');
  const { model, name } = await readModel(core, source);
  checkAbort(signal);
  const request = { library, core, target, config, source, model, name, cache, progress };
  const { compiled, release } = await compileForTarget(request);
  try {
    checkAbort(signal);
    const { device, executionDevices } = readBackDevice(core, compiled, target, context.device);
    readBackOptions(compiled, target, options);
    const inference = compiled.createInferRequest();
    const { inputs, outputs } = readPorts(compiled, inference, model, name);
    const parts = {
      library,
      core,
      model,
      compiled,
      request: inference,
      inputs,
      outputs,
      device,
      target,
      executionDevices,
      release,
    };
    return new OpenvinoSession(parts);
  } catch (error) {
    await release();
    throw error;
  }
}
