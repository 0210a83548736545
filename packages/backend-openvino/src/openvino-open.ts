import { access, constants } from 'node:fs/promises';
import {
  EngineError,
  ExecutionError,
  ModelError,
  type BackendSessionV1,
  type DeviceV1,
  type ModelSourceV1,
  type OpenContextV1,
  type ReasonCode,
} from '@switchyard/core';
import type { CompiledModel, Core, Model, NodeAddon } from 'openvino-node';
import { describeDevice, readExecutionDevices } from './openvino-devices.ts';
import { toOpenvinoConfig, type OpenvinoConfig } from './openvino-options.ts';
import { readPlacement } from './openvino-placement.ts';
import { readPorts } from './openvino-ports.ts';
import { reason, saidText } from './openvino-reason.ts';
import { OpenvinoSession } from './openvino-session.ts';
import { isSameDevice, parseTarget, type OpenvinoTarget } from './openvino-target.ts';

function engineError(
  code: ReasonCode,
  message: string,
  value: unknown,
  remedy: string,
  cause?: unknown,
): EngineError {
  const evidence = [{ path: 'openvino', value }];
  return new EngineError({ backend: 'openvino', reason: reason(code, message, evidence, remedy), cause });
}

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

async function readModel(core: Core, source: ModelSourceV1): Promise<{ model: Model; name: string }> {
  const name = 'path' in source ? source.path : source.name;
  if ('path' in source) {
    try {
      await access(source.path, constants.R_OK);
    } catch (error) {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const code = absent ? 'model-not-found' : 'model-unreadable';
      const message = absent
        ? `There is no model at \`${name}\`.`
        : `The model \`${name}\` cannot be read: ${saidText(error)}.`;
      throw new ModelError(code, message, {
        model: name,
        remedy: 'Check the path and its permissions.',
        cause: error,
      });
    }
  }
  try {
    // The binding asks for a Buffer, not for any Uint8Array, and copies it before it returns.
    const model =
      'path' in source
        ? await core.readModel(source.path)
        : await core.readModel(
            Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength),
          );
    return { model, name };
  } catch (error) {
    const message = `OpenVINO cannot read \`${name}\`: ${saidText(error)}.`;
    throw new ModelError('model-invalid', message, {
      model: name,
      remedy: 'Check that it is a whole ONNX file.',
      cause: error,
    });
  }
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

/** Reads back what the model was compiled for, and throws unless that is what was asked for. */
function readBack(
  core: Core,
  compiled: CompiledModel,
  target: OpenvinoTarget,
  asked: DeviceV1,
): { device: DeviceV1; executionDevices: readonly string[] } {
  const fact = readExecutionDevices(compiled);
  const remedy = 'Nothing was run. Report this with the output of `switchyard doctor --json`.';
  if (!fact.known) {
    const message = `The model was compiled for \`${target.name}\`, but OpenVINO does not say where it runs: ${fact.why}.`;
    throw engineError('device-unknown', message, fact.why, remedy);
  }
  const executionDevices = fact.value;
  const several = target.family === 'AUTO' || target.family === 'MULTI' || target.family === 'HETERO';
  // AUTO puts the CPU in brackets while it only helps out; that would be the start on CPU that was switched off.
  const wrong = several
    ? executionDevices.filter(
        (name) =>
          name.startsWith('(') ||
          (target.members.length > 0 && !target.members.some((member) => isSameDevice(member, name))),
      )
    : executionDevices.filter((name) => !isSameDevice(target.name, name));
  if (wrong.length > 0 || (!several && executionDevices.length !== 1)) {
    const message = `OpenVINO device \`${target.name}\` was asked for, and the model was compiled for ${executionDevices.map((name) => `\`${name}\``).join(', ')}.`;
    throw engineError('device-unknown', message, executionDevices, remedy);
  }
  const first = executionDevices[0] ?? target.name;
  const described = describeDevice(core, first, asked.id)?.device ?? { ...asked, name: first };
  const device = several
    ? { ...described, name: `${target.name} on ${executionDevices.join(', ')}` }
    : described;
  return { device, executionDevices };
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
