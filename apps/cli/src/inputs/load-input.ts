import { describeValue, TensorError, type Tensor, type ValueInfo } from '@switchyard/core';
import { fillTensor } from './fill-tensor.ts';
import { checkShape } from './fit-shape.ts';
import { checkInputOptions } from './input-options.ts';
import { INPUT_FORMATS, type InputFormat, type InputSpec } from './input-spec.ts';
import { readJsonInput } from './read-json-input.ts';
import { readNpy } from './npy.ts';
import { readNpzMember } from './npz.ts';
import { readPicture } from './read-picture.ts';
import { readRaw } from './read-raw.ts';
import { describeSource, readSource, type SourceContext } from './read-source.ts';
import { readWav } from './read-wav.ts';
import { sniffFormat } from './sniff-format.ts';

/** What {@link loadInput} needs beside the specification. */
export interface LoadInputContext extends SourceContext {
  /** The input that the tensor is for. */
  readonly valueInfo: ValueInfo;
  /** Sizes of free dimensions by name, as `--dim` gave them. */
  readonly dims: ReadonlyMap<string, number>;
}

/** A tensor for an input, and one line about how it came to be. */
export interface LoadedInput {
  readonly tensor: Tensor;
  /** Source, what was found there, and everything that was concluded or converted. */
  readonly description: string;
}

/**
 * Reads the values of one input and makes the tensor that the model declares. Nothing is cast silently:
 * every conversion is a documented one and stands in the description. Throws a `TensorError` that names the
 * input, the source, what was found and what to do; an abort rejects with the reason of the signal.
 */
export async function loadInput(spec: InputSpec, context: LoadInputContext): Promise<LoadedInput> {
  const { valueInfo, dims } = context;
  context.signal?.throwIfAborted();
  const name = describeSource(spec);
  const finish = (tensor: Tensor, notes: readonly string[]): LoadedInput => ({
    tensor,
    description: `${valueInfo.name}: ${tensor.dtype} [${tensor.shape.join(', ')}] from ${[name, ...notes].join(', ')}`,
  });
  if (spec.source.kind === 'fill')
    return finish(fillTensor(spec.source.value, valueInfo, dims, spec.options), []);
  if (spec.source.kind === 'inline') {
    const { tensor, notes } = readJsonInput(spec.source.text, null, valueInfo, dims, spec.options, name);
    return finish(tensor, notes);
  }
  const bytes = await readSource(spec, valueInfo.name, context);
  const format = spec.format ?? formatOf(bytes, spec, valueInfo.name);
  // The options were only checked against all formats while the content had yet to say which it is.
  if (spec.format === null) checkInputOptions(spec.options, format, spec.text);
  const { tensor, notes } = await readBytes(bytes, format, spec, context, name);
  context.signal?.throwIfAborted();
  return finish(tensor, notes);
}

async function readBytes(
  bytes: Uint8Array,
  format: InputFormat,
  spec: InputSpec,
  { valueInfo, dims }: LoadInputContext,
  name: string,
): Promise<{ readonly tensor: Tensor; readonly notes: readonly string[] }> {
  const member = 'member' in spec.source ? spec.source.member : null;
  switch (format) {
    case 'npy':
      return checkArray(
        named(valueInfo.name, () => readNpy(bytes, name)),
        valueInfo,
        dims,
        name,
        ['NumPy array'],
      );
    case 'npz': {
      const found = await readNpzMember(bytes, member, valueInfo.name, name);
      const array = member === null ? `\`${found.name}\` in ${name}` : name;
      const tensor = named(valueInfo.name, () => readNpy(found.bytes, array));
      return checkArray(tensor, valueInfo, dims, array, [`array \`${found.name}\``]);
    }
    case 'json':
      return readJsonInput(
        decodeText(bytes, valueInfo.name, name),
        member,
        valueInfo,
        dims,
        spec.options,
        name,
      );
    case 'raw':
      return readRaw(bytes, valueInfo, dims, spec.options, name);
    case 'image':
      return readPicture(bytes, valueInfo, dims, spec.options, name);
    case 'wav':
      return readWav(bytes, valueInfo, dims, spec.options, name);
  }
}

function checkArray(
  tensor: Tensor,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  source: string,
  notes: readonly string[],
): { readonly tensor: Tensor; readonly notes: readonly string[] } {
  if (tensor.dtype !== valueInfo.dtype) {
    throw new TensorError(
      'input-dtype',
      `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}, but ${source} is ${tensor.dtype} [${tensor.shape.join(', ')}].`,
      { tensor: valueInfo.name, remedy: numpyRemedy(valueInfo) },
    );
  }
  checkShape(valueInfo, dims, tensor.shape, source);
  return { tensor, notes };
}

function numpyRemedy({ dtype }: ValueInfo): string {
  if (dtype === 'bfloat16' || dtype === 'int4' || dtype === 'uint4')
    return `NumPy has no ${dtype}; give the bytes as a \`.bin\` file, or the numbers as JSON.`;
  return `Convert it in Python with \`arr.astype("${dtype === 'string' ? 'U' : dtype}")\`; nothing is cast silently.`;
}

/** Runs a reader that does not know which input it reads for, and puts the name of the input into its errors. */
function named<Result>(tensor: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!TensorError.isInstance(error) || error.tensor !== null) throw error;
    const message = error.remedy === null ? error.message : error.message.slice(0, -error.remedy.length - 1);
    throw new TensorError(error.code as 'input-unreadable', `The input \`${tensor}\`: ${message}`, {
      tensor,
      remedy: error.remedy,
      cause: error,
    });
  }
}

function formatOf(bytes: Uint8Array, spec: InputSpec, tensor: string): InputFormat {
  const sniffed = sniffFormat(bytes);
  if (sniffed !== null) return sniffed;
  throw new TensorError(
    'input-unreadable',
    `Neither its name nor its first bytes tell what ${describeSource(spec)} for the input \`${tensor}\` is.`,
    {
      tensor,
      remedy: `Write \`?format=\` after it, with one of ${INPUT_FORMATS.map((format) => `\`${format}\``).join(', ')}.`,
    },
  );
}

function decodeText(bytes: Uint8Array, tensor: string, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TensorError('input-unreadable', `${source} for the input \`${tensor}\` is not UTF-8 text.`, {
      tensor,
      remedy: 'Save it as UTF-8.',
      cause: error,
    });
  }
}
