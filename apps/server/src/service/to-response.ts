import type { Tensor, Tensors } from '@switchyard/core';
import {
  classify,
  joinElements,
  ProtocolError,
  type Parameters,
  type WireTensor,
} from '@switchyard/open-inference';
import type { ModelSignature } from './model-signature.ts';
import type { OutputPlan } from './requested-outputs.ts';
import type { RegionStore } from './system-shared-memory.ts';
import { shown } from '../repository/texts.ts';
import { invalid, shapeText } from './texts.ts';

/** Parameters of what has none. */
export const NO_PARAMETERS: Parameters = new Map();

const LENGTH_BYTES = 4;
const UTF8 = new TextEncoder();

/**
 * The outputs of a response in the order of the plan. Numbers are not copied.
 *
 * @param maxBytes of all outputs together that go into the response, judged before anything is made of them
 * @throws ProtocolError internal when the model did not give what it declared, exhausted when it gave too much
 */
export function toOutputs(
  plans: readonly OutputPlan[],
  tensors: Tensors,
  signature: ModelSignature,
  maxBytes: number,
): WireTensor[] {
  let bytes = 0;
  for (const plan of plans) {
    const tensor = given(plan, tensors, signature);
    if (plan.region === null && plan.classes === 0) bytes += leastBytes(tensor);
  }
  if (bytes > maxBytes) throw tooLarge(bytes, maxBytes, signature);
  const outputs: WireTensor[] = [];
  for (const plan of plans) outputs.push(toOutput(plan, tensors[plan.value.name]!, signature));
  return outputs;
}

/**
 * Writes outputs into the regions that were asked for, and leaves in their place where they are.
 *
 * @throws ProtocolError invalid-argument when a region is too small
 */
export async function writeRegions(
  plans: readonly OutputPlan[],
  outputs: WireTensor[],
  regions: RegionStore,
): Promise<void> {
  for (const [index, { region }] of plans.entries()) {
    if (region === null) continue;
    const output = outputs[index]!;
    const bytes = bytesOf(output);
    if (bytes.byteLength > region.byteSize) {
      throw invalid(
        `shared memory size specified with the request for output '${output.name}' (${region.byteSize} bytes) ` +
          `should be at least ${bytes.byteLength} bytes to hold the results`,
      );
    }
    await regions.write(region.name, region.offset, [bytes]);
    const { name, offset } = region;
    const content = { kind: 'region', region: name, offset, byteSize: bytes.byteLength } as const;
    outputs[index] = { ...output, content };
  }
}

function given(plan: OutputPlan, tensors: Tensors, { model }: ModelSignature): Tensor {
  const tensor = tensors[plan.value.name];
  if (tensor !== undefined && tensor.dtype === plan.value.dtype) return tensor;
  throw new ProtocolError(
    'internal',
    `model '${model.name}' declares output '${shown(plan.value.name)}' as ${plan.value.dtype}, but gave ` +
      (tensor === undefined ? 'nothing' : `${tensor.dtype} ${shapeText(tensor.shape)}`),
  );
}

function toOutput(plan: OutputPlan, tensor: Tensor, signature: ModelSignature): WireTensor {
  const { value, classes } = plan;
  if (value.datatype === null) {
    throw new ProtocolError(
      'unsupported',
      `output '${value.name}' of model '${signature.model.name}' is ${value.dtype}, which the protocol has no datatype for`,
    );
  }
  const content: WireTensor['content'] =
    tensor.dtype === 'string'
      ? { kind: 'elements', elements: tensor.strings.map((text) => UTF8.encode(text)) }
      : { kind: 'bytes', bytes: tensor.bytes };
  const output: WireTensor = {
    name: value.name,
    datatype: value.datatype,
    shape: tensor.shape,
    content,
    parameters: NO_PARAMETERS,
  };
  if (classes === 0) return output;
  return classify(output, classes, {
    labels: signature.model.labels(value.name) ?? [],
    batched: signature.batched,
  });
}

/** Bytes that a tensor takes at least; a string has no fewer bytes in UTF-8 than it has UTF-16 units. */
function leastBytes(tensor: Tensor): number {
  if (tensor.dtype !== 'string') return tensor.bytes.byteLength;
  let bytes = tensor.strings.length * LENGTH_BYTES;
  for (const text of tensor.strings) bytes += text.length;
  return bytes;
}

function bytesOf(output: WireTensor): Uint8Array {
  const { content } = output;
  if (content.kind === 'bytes') return content.bytes;
  return content.kind === 'elements' ? joinElements(content.elements) : new Uint8Array(0);
}

function tooLarge(bytes: number, maxBytes: number, { model }: ModelSignature): ProtocolError {
  return new ProtocolError(
    'exhausted',
    `outputs of model '${model.name}' take ${bytes} bytes, but a response of this server takes at most ${maxBytes}`,
  );
}
