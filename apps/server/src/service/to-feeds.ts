import { putNamed, type NumericTensor, type Tensor, type Tensors } from '@switchyard/core';
import { ProtocolError, splitElements, type WireTensor } from '@switchyard/open-inference';
import type { ModelSignature, ValueSignature } from './model-signature.ts';
import { invalid } from './texts.ts';

// A byte order mark at the start of a string belongs to the string.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The feeds of a request whose inputs were checked with `checkInputs`. Numbers are not copied. Strings are
 * decoded, because every backend takes JavaScript strings.
 *
 * @param inputs without regions, which are read before
 * @throws ProtocolError invalid-argument for a wrong number of bytes, a BOOL that is neither 0 nor 1, and
 * elements that a backend cannot carry
 */
export function toFeeds(inputs: readonly WireTensor[], signature: ModelSignature): Tensors {
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const value = signature.inputs.get(input.name)!;
    const tensor = value.dtype === 'string' ? strings(input, signature) : numbers(input, value, signature);
    putNamed(feeds, value.name, tensor);
  }
  return feeds;
}

/** Elements of a shape; 2^53 and more are no number of elements that anybody sent. */
export function elementsOf(shape: readonly number[]): number {
  let elements = 1;
  for (const size of shape) elements *= size;
  return elements;
}

/** The refusal of a tensor whose bytes do not fit its shape. */
export function sizeMismatch(
  input: WireTensor,
  model: string,
  expected: number,
  actual: number,
): ProtocolError {
  return invalid(
    `input byte size mismatch for input '${input.name}' for model '${model}'. Expected ${expected}, got ${actual}`,
  );
}

function numbers(input: WireTensor, value: ValueSignature, signature: ModelSignature): Tensor {
  const { content } = input;
  if (content.kind !== 'bytes') throw notThere(input, signature);
  const expected = elementsOf(input.shape) * value.elementBytes!;
  if (content.bytes.byteLength !== expected) {
    throw sizeMismatch(input, signature.model.name, expected, content.bytes.byteLength);
  }
  if (value.dtype === 'bool') checkBooleans(input.name, content.bytes, signature);
  return { dtype: value.dtype as NumericTensor['dtype'], shape: input.shape, bytes: content.bytes };
}

function checkBooleans(name: string, bytes: Uint8Array, signature: ModelSignature): void {
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index]! <= 1) continue;
    throw invalid(
      `element ${index} of input '${name}' for model '${signature.model.name}' is the byte ${bytes[index]}, ` +
        'but a BOOL is 0 or 1',
    );
  }
}

function strings(input: WireTensor, signature: ModelSignature): Tensor {
  const { content } = input;
  if (content.kind === 'region') throw notThere(input, signature);
  const count = elementsOf(input.shape);
  const elements = content.kind === 'elements' ? content.elements : splitElements(content.bytes, count);
  if (elements.length !== count) {
    throw invalid(
      `expected ${count} string elements for input '${input.name}' for model '${signature.model.name}', ` +
        `got ${elements.length}`,
    );
  }
  const decoded: string[] = [];
  for (let index = 0; index < elements.length; index += 1) {
    decoded.push(decode(elements[index]!, index, input.name, signature));
  }
  return { dtype: 'string', shape: input.shape, strings: decoded };
}

function decode(element: Uint8Array, index: number, name: string, signature: ModelSignature): string {
  let text: string;
  try {
    text = UTF8.decode(element);
  } catch (cause) {
    throw new ProtocolError(
      'invalid-argument',
      `${uncarried(index, name, signature)}: it is no valid UTF-8. Send text, for example base64`,
      { cause },
    );
  }
  if (!text.includes('\0')) return text;
  throw invalid(
    `${uncarried(index, name, signature)}: it contains a NUL byte, where the engine would cut it`,
  );
}

function uncarried(index: number, name: string, { model }: ModelSignature): string {
  return (
    `backend cannot carry element ${index} of input '${name}' for model '${model.name}' ` +
    `(backend '${model.executor.truth.backend}')`
  );
}

function notThere(input: WireTensor, signature: ModelSignature): ProtocolError {
  return invalid(
    `unable to find data for input tensor '${input.name}' for model '${signature.model.name}' in request.`,
  );
}
