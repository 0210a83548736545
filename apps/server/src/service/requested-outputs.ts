import type { RequestedOutput } from '@switchyard/open-inference';
import type { ModelSignature, ValueSignature } from './model-signature.ts';
import { unsigned, valueText } from './request-schedule.ts';
import { shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/** Largest `classification`; a client that wants everything asks for the tensor. */
const MOST_CLASSES = 1_000_000;

/** An output that a request gets, and how. */
export interface OutputPlan {
  readonly value: ValueSignature;
  /** Number of classes, 0 for the tensor itself. */
  readonly classes: number;
  /** Where it is written, `null` for the response. */
  readonly region: { readonly name: string; readonly offset: number; readonly byteSize: number } | null;
}

/** The outputs of a request in their order. */
export interface OutputsPlan {
  /** For the executor; `null` for everything that the model gives. */
  readonly names: readonly string[] | null;
  readonly outputs: readonly OutputPlan[];
  /** Whether any of them is written to shared memory. */
  readonly hasRegions: boolean;
}

const plansOfAll = new WeakMap<ModelSignature, OutputsPlan>();

/**
 * Checks the outputs that a request names.
 *
 * @throws ProtocolError invalid-argument with Triton's words
 */
export function requestedOutputs(
  requested: readonly RequestedOutput[],
  signature: ModelSignature,
): OutputsPlan {
  if (requested.length === 0) return planOfAll(signature);
  const names = new Set<string>();
  const outputs: OutputPlan[] = [];
  for (const output of requested) {
    const value = signature.outputs.get(output.name);
    if (value === undefined) {
      throw invalid(
        `unexpected inference output '${shown(output.name)}' for model '${signature.model.name}'`,
      );
    }
    if (names.has(output.name)) throw invalid(`output '${shown(output.name)}' already exists in request`);
    names.add(output.name);
    outputs.push(
      output.parameters.size === 0 ? { value, classes: 0, region: null } : plan(output, value, signature),
    );
  }
  return { names: [...names], outputs, hasRegions: outputs.some(({ region }) => region !== null) };
}

function planOfAll(signature: ModelSignature): OutputsPlan {
  const known = plansOfAll.get(signature);
  if (known !== undefined) return known;
  const values = [...signature.outputs.values()];
  const made: OutputsPlan = {
    names: values.length === signature.model.executor.outputs.length ? null : values.map(({ name }) => name),
    outputs: values.map((value) => ({ value, classes: 0, region: null })),
    hasRegions: false,
  };
  plansOfAll.set(signature, made);
  return made;
}

function plan(output: RequestedOutput, value: ValueSignature, signature: ModelSignature): OutputPlan {
  const classes = classesOf(output, value, signature);
  const region = regionOf(output);
  if (classes > 0 && region !== null) {
    throw invalid("output can't set both 'shared_memory_region' and 'classification'");
  }
  return { value, classes, region };
}

function classesOf(output: RequestedOutput, value: ValueSignature, signature: ModelSignature): number {
  if (!output.parameters.has('classification')) return 0;
  const classes = unsigned(output.parameters, 'classification');
  if (classes === 0 || classes > MOST_CLASSES) {
    throw invalid(
      `invalid value for 'classification' parameter, expected 1 to ${MOST_CLASSES}, ` +
        `got ${valueText(output.parameters.get('classification')!)}`,
    );
  }
  const { datatype } = value;
  if (datatype !== null && !['BOOL', 'BYTES', 'FP16', 'BF16'].includes(datatype)) return classes;
  throw invalid(
    `classification is not offered for output '${value.name}' of model '${signature.model.name}', ` +
      `whose datatype is ${datatype ?? value.dtype}`,
  );
}

function regionOf(output: RequestedOutput): OutputPlan['region'] {
  const { parameters } = output;
  const name = parameters.get('shared_memory_region');
  if (name === undefined) return null;
  if (typeof name !== 'string') {
    throw invalid(`invalid value for 'shared_memory_region' parameter, expected a string`);
  }
  if (!parameters.has('shared_memory_byte_size')) {
    throw invalid(
      `'shared_memory_byte_size' is missing for output '${shown(output.name)}', which names a shared memory region`,
    );
  }
  return {
    name,
    offset: unsigned(parameters, 'shared_memory_offset'),
    byteSize: unsigned(parameters, 'shared_memory_byte_size'),
  };
}
