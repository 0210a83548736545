import {
  ExecutionError,
  ModelError,
  type BackendSessionV1,
  type ModelSourceV1,
  type OpenContextV1,
} from '@switchyard/core';
import type { CompiledModel, Core, Model, NodeAddon } from 'openvino-node';
import { readModel } from './openvino-model.ts';
import { toOpenvinoConfig, type OpenvinoConfig } from './openvino-options.ts';
import { readPlacement } from './openvino-placement.ts';
import { readPorts } from './openvino-ports.ts';
import { readBack } from './openvino-read-back.ts';
import { engineError, saidText } from './openvino-reason.ts';
import { OpenvinoSession } from './openvino-session.ts';
import { isSameDevice, parseTarget, type OpenvinoTarget } from './openvino-target.ts';

function checkAbort(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const cause: unknown = signal.reason;
  throw new ExecutionError('aborted', 'Opening the model was aborted.', { backend: 'openvino', cause });
}

function findTarget(deviceId: string): OpenvinoTarget {
  const target = parseTarget(deviceId);
  if (target !== null) return target;
  const remedy =
    'Name `openvino:CPU`, `openvino:GPU`, `openvino:GPU.1`, `openvino:NPU` or, on purpose, `openvino:AUTO:GPU,CPU`.';
  throw engineError(
    'device-unknown',
    `\`${deviceId}\` is not the name of an OpenVINO device.`,
    deviceId,
    remedy,
  );
}

/** Throws when a device that is needed is not among those that OpenVINO lists now. */
function checkPresent(core: Core, target: OpenvinoTarget): void {
  const available = core.getAvailableDevices();
  const absent = target.members.find((member) => !available.some((name) => isSameDevice(member, name)));
  if (absent === undefined) return;
  const listed = available.length === 0 ? 'no device' : available.map((name) => `\`${name}\``).join(', ');
  throw engineError(
    'hardware-absent',
    `OpenVINO device \`${absent}\` was asked for, and OpenVINO lists ${listed}.`,
    available,
    'Choose a listed device, or see "Needs" in docs/backends/openvino.md for the driver.',
  );
}

/** Says whose fault a failed compilation is, as far as the engine lets us tell. */
function compileFailure(
  core: Core,
  model: Model,
  name: string,
  target: OpenvinoTarget,
  config: OpenvinoConfig,
  error: unknown,
): Error {
  try {
    checkPresent(core, target);
  } catch (absent) {
    return absent instanceof Error ? absent : new Error(String(absent));
  }
  const said = saidText(error);
  const property = Object.keys(config).find((key) => said.includes(key));
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
  return engineError(
    'probe-failed',
    message,
    said,
    'Try `--device openvino:CPU`, or update the driver of the device.',
    error,
  );
}

/**
 * Opens a model on the device of the context, and on no other. Rejects with a `ModelError` when the
 * model is at fault, an `EngineError` when the device or engine is, and an `ExecutionError` with
 * `aborted` between two phases when the signal fired.
 */
export async function openOpenvinoModel(
  library: NodeAddon,
  source: ModelSourceV1,
  context: OpenContextV1,
): Promise<BackendSessionV1> {
  const { signal, onProgress } = context;
  const target = findTarget(context.device.id);
  const config = toOpenvinoConfig(context.options, target);
  checkAbort(signal);
  const core = new library.Core();
  checkPresent(core, target);
  onProgress?.('reading the model');
  const { model, name } = await readModel(core, source);
  checkAbort(signal);
  onProgress?.(`compiling for ${target.name}`);
  let compiled: CompiledModel;
  try {
    compiled = await core.compileModel(model, target.name, config);
  } catch (error) {
    throw compileFailure(core, model, name, target, config, error);
  }
  checkAbort(signal);
  const { device, executionDevices } = readBack(core, compiled, target, context.device);
  const request = compiled.createInferRequest();
  const { inputs, outputs } = readPorts(compiled, request, model, name);
  return new OpenvinoSession({
    library,
    core,
    model,
    compiled,
    request,
    inputs,
    outputs,
    device,
    target: target.name,
    executionDevices,
  });
}
