import { makeTensor, type DType } from '@switchyard/core';
import type { InferRequest, ParameterValue, RequestedOutput, WireTensor } from '@switchyard/open-inference';
import type { InferenceRecord } from '../../operation/observer.ts';
import type { CallContext } from '../inference-service.ts';
import { wireDatatype } from '../wire-datatype.ts';

/** Parameters of an object. */
function parametersOf(
  values: Readonly<Record<string, ParameterValue>> = {},
): ReadonlyMap<string, ParameterValue> {
  return new Map(Object.entries(values));
}

/** A tensor as a codec makes it. */
export function wire(
  name: string,
  dtype: DType,
  shape: readonly number[],
  values: readonly (number | bigint | boolean | string)[],
): WireTensor {
  const datatype = wireDatatype(dtype)!;
  const parameters = parametersOf();
  if (dtype === 'string') {
    const elements = values.map((text) => new TextEncoder().encode(text as string));
    return { name, datatype, shape, content: { kind: 'elements', elements }, parameters };
  }
  const tensor = makeTensor(dtype, shape, values);
  if (tensor.dtype === 'string') throw new TypeError('No number is a string.');
  return { name, datatype, shape, content: { kind: 'bytes', bytes: tensor.bytes }, parameters };
}

/** A request with what a client gave. */
export function requestOf(
  inputs: readonly WireTensor[],
  rest: {
    readonly outputs?: readonly RequestedOutput[];
    readonly parameters?: Readonly<Record<string, ParameterValue>>;
  } = {},
): InferRequest {
  return { id: 'seven', parameters: parametersOf(rest.parameters), inputs, outputs: rest.outputs ?? [] };
}

/** An output as a request names it. */
export function output(
  name: string,
  parameters: Readonly<Record<string, ParameterValue>> = {},
): RequestedOutput {
  return { name, parameters: parametersOf(parameters) };
}

/** A call of a client that waits for ever. */
export function callContext(changes: Partial<CallContext> = {}): CallContext {
  return {
    protocol: 'rest',
    requestId: 'r-1',
    signal: new AbortController().signal,
    deadline: null,
    startedAt: performance.now(),
    span: null,
    ...changes,
  };
}

/** An observer that keeps what it is told. */
export function keepRecords(): {
  readonly records: InferenceRecord[];
  inference(record: InferenceRecord): void;
  model(): void;
} {
  const records: InferenceRecord[] = [];
  return { records, inference: (record) => records.push(record), model: () => {} };
}
