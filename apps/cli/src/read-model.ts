import { resolve } from 'node:path';
import { checkExternalData, inspectModel, type ModelSummary, type ValueSummary } from '@switchyard/onnx';
import { isDType, ModelError, type ValueInfo } from '@switchyard/core';
import type { CliContext, GlobalOptions } from './cli-context.ts';
import { withProgress } from './terminal/progress.ts';

/**
 * Reads what a model says about itself, and checks that the files it refers to can be used.
 *
 * @throws OnnxFileError
 */
export async function readModel(
  path: string,
  context: CliContext,
  options: GlobalOptions,
): Promise<ModelSummary> {
  const summary = await inspectFile(path, context, options);
  checkExternalData(summary);
  return summary;
}

/** The same without looking at what the model refers to. */
export async function inspectFile(
  path: string,
  context: CliContext,
  options: GlobalOptions,
): Promise<ModelSummary> {
  return withProgress(`Reading ${path}`, context, options, async () => {
    const { signal } = context;
    const summary = await inspectModel(resolve(context.cwd, path), signal === undefined ? {} : { signal });
    return { ...summary, path };
  });
}

/**
 * Inputs of a model in the words of core.
 *
 * @throws ModelError `model-unsupported` for an input that is no dense tensor of a known type
 */
export function inputsOf(summary: ModelSummary): readonly ValueInfo[] {
  return summary.inputs.map((input) => valueInfo(input, summary.path));
}

function valueInfo(value: ValueSummary, model: string): ValueInfo {
  const { name, dtype, shape, kind, type } = value;
  if (kind !== 'tensor' || dtype === null || !isDType(dtype)) {
    throw new ModelError(
      'model-unsupported',
      `The input \`${name}\` of \`${model}\` is a ${type}, and only dense tensors can be fed.`,
      { model, remedy: 'Export the model with tensors as inputs.' },
    );
  }
  if (shape === null) {
    throw new ModelError(
      'model-unsupported',
      `The input \`${name}\` of \`${model}\` (${type}) does not say how many dimensions it has.`,
      { model, remedy: 'Export the model with the rank of every input.' },
    );
  }
  return { name, dtype, shape };
}
