import type { InferRequest, InferResponse, Parameters, ParameterValue, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { valuesOf, type TensorValues } from '../tensor/tensor-values.ts';
import type { InferenceInput } from './inference-client.ts';

/** An output with its elements at hand. */
export interface OutputTensor extends WireTensor {
  /** The elements, row-major; a view of the answer where its alignment allows. */
  values(): TensorValues;
}

/** The answer to a call of `infer`. */
export interface InferResult {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly outputs: readonly OutputTensor[];
  /** The output of that name. @throws ProtocolError not-found, with the names there are */
  output(name: string): OutputTensor;
}

/** Gives the outputs of a response their methods. */
export function resultOf(response: InferResponse): InferResult {
  const outputs = response.outputs.map((tensor) => ({ ...tensor, values: () => valuesOf(tensor) }));
  return {
    ...response,
    outputs,
    output(name) {
      const found = outputs.find((output) => output.name === name);
      if (found !== undefined) return found;
      const names = outputs.map((output) => `\`${output.name}\``).join(', ');
      throw new ProtocolError('not-found', `no output \`${name}\` in the answer; it has ${names || 'none'}.`);
    },
  };
}

/** The request that a call of `infer` means. */
export function requestOf(input: InferenceInput): InferRequest {
  const { parameters = new Map() } = input;
  const given = parameters instanceof Map ? parameters : Object.entries(parameters);
  return {
    id: input.id ?? '',
    parameters: new Map(given as Iterable<[string, ParameterValue]>),
    inputs: input.inputs,
    outputs: (input.outputs ?? []).map((output) =>
      typeof output === 'string' ? { name: output, parameters: new Map() } : output,
    ),
  };
}
