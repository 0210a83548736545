import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDType, tensorFromBytes, type Tensor } from '@switchyard/core';
import { inspectModelBytes, readTensor, type ModelSummary } from '@switchyard/onnx';
import type { OperatorResult } from './operator-result.ts';

/** Operators whose answer is drawn: a case holds what another generator drew. */
const DRAWN: readonly string[] = [
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
];
/** The same, where it is an input that makes the operator draw. */
const DRAWN_CASES: RegExp = /\/test_training_dropout(_default)?(_mask)?$/;

/** What the inputs of a case are, and what has to come out. */
export interface OperatorDataSet {
  readonly name: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly expected: Readonly<Record<string, Tensor>>;
}

/** A case that was read. */
export interface OperatorCase {
  /** Absolute path of its model. */
  readonly model: string;
  readonly about: Pick<OperatorResult, 'case' | 'operator' | 'expanded'>;
  /** Why it cannot be asked, in a sentence, or `null`. */
  readonly skip: string | null;
  /** Empty where it is skipped. */
  readonly dataSets: readonly OperatorDataSet[];
}

/** Reads the model and the data of a case. @throws OnnxFileError, or an error of the file system */
export async function readOperatorCase(root: string, name: string): Promise<OperatorCase> {
  const folder = join(root, name);
  const model = join(folder, 'model.onnx');
  const summary = inspectModelBytes(await readFile(model), name);
  const about = { case: name, ...(await subjectOf(root, name, summary)) };
  const entries = await readdir(folder, { withFileTypes: true });
  const sets = entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('test_data_set_'))
    .map((entry) => entry.name)
    .toSorted();
  const skip = whyNot(name, summary, sets);
  if (skip !== null) return { model, about, skip, dataSets: [] };
  const dataSets = await Promise.all(
    sets.map(async (set) => ({
      name: set,
      feeds: await tensorsOf(join(folder, set), 'input', summary.inputs),
      expected: await tensorsOf(join(folder, set), 'output', summary.outputs),
    })),
  );
  return { model, about, skip: null, dataSets };
}

/** The operator: the only one of the graph, or that of the case which this one is written out from. */
async function subjectOf(
  root: string,
  name: string,
  { operators }: ModelSummary,
): Promise<Pick<OperatorResult, 'operator' | 'expanded'>> {
  const whole = /^(.+)_expanded(?:_ver\d+)?$/.exec(name)?.[1];
  if (whole !== undefined) {
    const bytes = await readFile(join(root, whole, 'model.onnx')).catch((error: NodeJS.ErrnoException) => {
      // A folder of a few cases need not have both.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (bytes !== null)
      return { operator: onlyOne(inspectModelBytes(bytes, whole).operators), expanded: true };
  }
  return { operator: onlyOne(operators), expanded: whole !== undefined };
}

function onlyOne(operators: ModelSummary['operators']): string {
  const [first, ...others] = Object.keys(operators);
  return first === undefined || others.length > 0 ? '(several)' : first;
}

function whyNot(name: string, summary: ModelSummary, sets: readonly string[]): string | null {
  const { inputs, outputs, operatorsWithSubgraphs } = summary;
  if (sets.length === 0) return 'It has no data.';
  if (DRAWN_CASES.test(name) || DRAWN.some((one) => Object.hasOwn(operatorsWithSubgraphs, one))) {
    return 'Its answer is drawn at random, and the case holds what another generator drew.';
  }
  const values = [
    ...inputs.map((value) => ({ kind: 'input', value })),
    ...outputs.map((value) => ({ kind: 'output', value })),
  ];
  const odd = values.find(
    ({ value }) => value.kind !== 'tensor' || value.dtype === null || !isDType(value.dtype),
  );
  if (odd === undefined) return null;
  return `Its ${odd.kind} \`${odd.value.name}\` is ${odd.value.type}, which is no tensor that Switchyard carries.`;
}

async function tensorsOf(
  folder: string,
  kind: 'input' | 'output',
  values: ModelSummary['inputs'],
): Promise<Readonly<Record<string, Tensor>>> {
  const pairs = values.map(async ({ name }, index): Promise<[string, Tensor]> => {
    const file = `${kind}_${index}.pb`;
    const tensor = readTensor(await readFile(join(folder, file)), file);
    if (tensor.dtype === 'string') return [name, tensor];
    if (!isDType(tensor.dtype))
      throw new RangeError(`\`${file}\` is ${tensor.dtype}, and its model says otherwise.`);
    return [name, tensorFromBytes(tensor.dtype, tensor.shape, tensor.bytes)];
  });
  return Object.fromEntries(await Promise.all(pairs));
}
