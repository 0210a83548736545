import type { ModelMetadata, ModelStatistics, TensorMetadata } from '@switchyard/open-inference';
import type { ServedModel } from '../repository/model-repository.ts';
import { signatureOf, type ModelSignature, type ValueSignature } from './model-signature.ts';
import { invalid } from './texts.ts';

/** What Triton says for models that its ONNX Runtime backend serves, and its users compare with. */
const PLATFORM = 'onnxruntime_onnx';

/** The metadata of a version, with what really runs it. */
export function describeModel(model: ServedModel, versions: readonly string[]): ModelMetadata {
  const signature = signatureOf(model);
  const { platform } = model.config;
  return {
    name: model.name,
    versions,
    platform: typeof platform === 'string' && platform !== '' ? platform : PLATFORM,
    inputs: [...signature.inputs.values()].map(describeValue),
    outputs: [...signature.outputs.values()].map(describeValue),
    properties: propertiesOf(model),
  };
}

/** The statistics of a version, zeros included. */
export function modelStatistics(model: ServedModel): ModelStatistics {
  const numbers = model.executor.statistics.snapshot();
  const bytes = model.executor.residentBytes();
  return {
    name: model.name,
    version: model.version,
    last_inference: numbers.lastInference,
    inference_count: numbers.inferenceCount,
    execution_count: numbers.executionCount,
    inference_stats: numbers.infer,
    response_stats: {},
    batch_stats: numbers.batches,
    memory_usage: bytes === null ? [] : [{ type: 'CPU', id: 0, byte_size: bytes }],
  };
}

/**
 * The one input that a body without a header is for.
 *
 * @throws ProtocolError invalid-argument with Triton's words
 */
export function rawInputOf(signature: ModelSignature): TensorMetadata {
  const [value] = signature.inputs.values();
  const { name: model } = signature.model;
  if (value === undefined || signature.inputs.size !== 1) {
    throw invalid(
      'Raw request must only have 1 input (found 1) to be deduced but got ' +
        `${signature.inputs.size} inputs in '${model}' model configuration`,
    );
  }
  const shape = signature.batched ? [1, ...value.shape.slice(1)] : value.shape;
  const one = signature.batched ? shape.slice(1) : shape;
  if (value.datatype === 'BYTES' && !(one.length === 1 && one[0] === 1)) {
    throw invalid(`For BYTE datatype raw input '${value.name}', the model must have input shape [1]`);
  }
  if (shape.filter((size) => size === -1).length > 1) {
    throw invalid(
      `The shape of the raw input '${value.name}' can not be deduced because there are more than one ` +
        'variable-sized dimension',
    );
  }
  return { ...describeValue(value), shape };
}

function describeValue(value: ValueSignature): TensorMetadata {
  // A word that no client knows is better than a datatype that it is not.
  return { name: value.name, datatype: value.datatype ?? value.dtype.toUpperCase(), shape: value.shape };
}

function propertiesOf(model: ServedModel): Readonly<Record<string, string>> {
  const { truth, selection } = model.executor;
  const candidate = selection.candidates.find(({ backend }) => backend === truth.backend);
  const { device } = truth;
  return {
    backend: truth.backend,
    ...(candidate === undefined
      ? {}
      : { backend_package: `${candidate.package.name}@${candidate.package.version ?? 'unknown'}` }),
    device: device.id,
    device_name: device.name,
    device_class: device.kind,
    device_software: String(device.software),
    ...(device.driver === undefined ? {} : { device_driver: device.driver }),
    execution_provider: truth.executionProviders.join(','),
    fallback: truth.fallback ?? 'none',
    reason: truth.reason,
    content_sha256: model.contentHash,
  };
}
