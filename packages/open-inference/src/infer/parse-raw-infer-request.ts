import { bytesPerElement, isDatatype } from '../datatype.ts';
import type { InferRequest, Parameters, TensorMetadata } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { contentOfBytes } from '../tensor/content-of-bytes.ts';
import { countElements } from '../tensor/element-count.ts';
import type { TensorSubject } from '../tensor/tensor-subject.ts';
import type { ParseRawOptions } from './codec-options.ts';
import { NO_PARAMETERS } from './read-parameters.ts';

/** A client that sends no JSON reads none either. */
const BINARY_OUTPUTS: Parameters = new Map([['binary_data_output', true]]);

/**
 * Reads a raw binary request (`Inference-Header-Content-Length: 0`): the body is the data of the model's
 * only input, whose one free dimension follows from the size. All outputs are asked for in binary.
 *
 * @throws invalid-argument with Triton's texts when no shape follows, or the size does not fit it
 */
export function parseRawInferRequest(
  body: Uint8Array,
  input: TensorMetadata,
  options: ParseRawOptions,
): InferRequest {
  const { name, datatype } = input;
  const forModel = options.model === undefined ? '' : ` for model '${options.model}'`;
  const subject: TensorSubject = { role: 'input', name, forModel };
  if (!isDatatype(datatype)) {
    throw new ProtocolError(
      'invalid-argument',
      `The raw input '${name}' has the datatype '${datatype}', which is none of the protocol`,
    );
  }
  const batched = options.batched === true;
  const sizes = batched ? input.shape.slice(1) : [...input.shape];
  if (datatype === 'BYTES' && (sizes.length !== 1 || sizes[0] !== 1)) {
    throw new ProtocolError(
      'invalid-argument',
      `For BYTE datatype raw input '${name}', the model must have input shape [1]`,
    );
  }
  const free = sizes.indexOf(-1);
  if (free >= 0) {
    if (sizes.includes(-1, free + 1)) {
      throw new ProtocolError(
        'invalid-argument',
        `The shape of the raw input '${name}' can not be deduced because there are more than one variable-sized dimension`,
      );
    }
    sizes[free] = 1;
    const rowBytes =
      countElements(subject, datatype, sizes, options.limits.maxElements) * (bytesPerElement(datatype) ?? 1);
    sizes[free] = rowBytes === 0 ? 0 : Math.floor(body.length / rowBytes);
  }
  const shape = batched ? [1, ...sizes] : sizes;
  const count = countElements(subject, datatype, shape, options.limits.maxElements);
  // The only element of BYTES comes without the word that says its length.
  const content =
    datatype === 'BYTES'
      ? ({ kind: 'elements', elements: [body] } as const)
      : contentOfBytes(subject, datatype, count, body);
  return {
    id: '',
    parameters: BINARY_OUTPUTS,
    inputs: [{ name, datatype, shape, content, parameters: NO_PARAMETERS }],
    outputs: [],
  };
}
