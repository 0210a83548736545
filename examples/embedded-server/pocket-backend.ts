import {
  errorText,
  makeTensor,
  ModelError,
  tensorValues,
  type BackendSessionV1,
  type BackendV1,
  type DeviceV1,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import { inspectModel, inspectModelBytes, type ModelSummary } from '@switchyard/onnx';

const ID = 'pocket';
const DEVICE: DeviceV1 = { id: ID, name: 'Pocket calculator', kind: 'cpu', software: false };

/** What the engine can do to a number. */
const OPERATORS: Readonly<Record<string, (value: number) => number>> = {
  Abs: (value) => Math.abs(value),
  Neg: (value) => -value,
  Sign: (value) => Math.sign(value),
};

/**
 * A backend as somebody else would write it, on the public contract alone: its engine runs models that
 * consist of one operator. `docs/guides/writing-a-backend.md` has the long form.
 */
export function createPocketBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: {
      id: ID,
      title: 'Pocket calculator',
      package: { name: '@switchyard/example-embedded-server', version: '0.0.0' },
      stability: 'experimental',
      optIn: false,
      optInReason: 'The application that brings it wants it used.',
      deviceKinds: ['cpu'],
      dtypes: ['int32'],
      isolation: { minimum: 'inline', recommended: 'process' },
      options: {},
    },
    // How the process of a model makes the backend for itself.
    origin: { module: import.meta.url, factory: 'createPocketBackend', arguments: [] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [DEVICE] }),
    doProbe: () => Promise.resolve({ ok: true, devices: [DEVICE], evidence: 'It is made of TypeScript.' }),
    doDevices: () => Promise.resolve([DEVICE]),
    async doOpen(source) {
      const model = 'path' in source ? source.path : source.name;
      let summary: ModelSummary;
      try {
        summary = 'path' in source ? await inspectModel(model) : inspectModelBytes(source.bytes, model);
      } catch (cause) {
        const message = `\`${model}\` cannot be read: ${errorText(cause)}.`;
        throw new ModelError('model-invalid', message, { model, cause });
      }
      return openSession(summary, model);
    },
  };
}

function openSession(summary: ModelSummary, model: string): BackendSessionV1 {
  const [operator] = Object.keys(summary.operators);
  const calculate = operator === undefined ? undefined : OPERATORS[operator];
  const [input, ...others] = summary.inputs.map(valueInfo);
  const [output] = summary.outputs.map(valueInfo);
  if (
    calculate === undefined ||
    summary.inputs[0]?.dtype !== 'int32' ||
    summary.nodeCount !== 1 ||
    others.length > 0 ||
    !input ||
    !output
  ) {
    const known = Object.keys(OPERATORS).join(', ');
    const message = `\`${model}\` has ${summary.nodeCount} nodes; \`${ID}\` runs one of ${known} alone, on int32.`;
    throw new ModelError('model-unsupported', message, { model });
  }
  const run = (feeds: Tensors): Tensors => {
    const tensor = feeds[input.name]!;
    const values = tensorValues(tensor).map((value) => calculate(Number(value)));
    return { [output.name]: makeTensor('int32', tensor.shape, values) };
  };
  return {
    inputs: [input],
    outputs: [output],
    device: DEVICE,
    executionProviders: ['PocketCalculator'],
    // Whoever opened the session checked the feeds against `inputs`.
    doRun: (feeds) => Promise.resolve(run(feeds)),
    doPlacement: () =>
      Promise.resolve({
        source: 'There is only one place.',
        complete: true,
        providers: [{ name: 'PocketCalculator', nodes: 1, timeShare: null }],
        partitions: 1,
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function valueInfo({ name, shape }: ModelSummary['inputs'][number]): ValueInfo {
  return { name, dtype: 'int32', shape: shape ?? [] };
}
