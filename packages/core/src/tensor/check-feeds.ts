import { TensorError } from '../errors/tensor-error.ts';
import { nearestName } from '../util/nearest-name.ts';
import { byteLength, elementCount } from './tensor-shape.ts';
import type { Tensor, Tensors, ValueInfo } from './tensor.ts';

/**
 * Checks feeds against the inputs of a model, both ways: nothing missing, nothing extra, every dtype,
 * rank and fixed dimension as declared, and a named free dimension the same size wherever it occurs.
 * Throws a `TensorError` that says what the model wants and what was given.
 */
export function checkFeeds(inputs: readonly ValueInfo[], feeds: Tensors): void {
  for (const name of Object.keys(feeds)) {
    if (inputs.some((input) => input.name === name)) continue;
    const names = inputs.map((input) => input.name);
    const nearest = nearestName(name, names);
    throw new TensorError('input-unknown', `The model has no input \`${name}\`; it has ${quoted(names)}.`, {
      tensor: name,
      remedy: nearest === null ? 'Leave it out.' : `Did you mean \`${nearest}\`?`,
    });
  }
  const freeDimensions = new Map<string, { readonly size: number; readonly input: string }>();
  for (const input of inputs) {
    const tensor = Object.hasOwn(feeds, input.name) ? feeds[input.name] : undefined;
    if (tensor === undefined) {
      throw new TensorError(
        'input-missing',
        `The input \`${input.name}\` (${describeValue(input)}) was given no tensor.`,
        {
          tensor: input.name,
          remedy: `Give one for each of ${quoted(inputs.map(({ name }) => name))}.`,
        },
      );
    }
    checkFeed(input, tensor, freeDimensions);
  }
}

/** Checks the names of the outputs that a caller asks for. Throws a `TensorError` for an unknown one. */
export function checkOutputNames(outputs: readonly ValueInfo[], wanted: readonly string[]): void {
  const names = outputs.map((output) => output.name);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw new TensorError('output-unknown', `The model has no output \`${name}\`; it has ${quoted(names)}.`, {
      tensor: name,
      remedy: nearest === null ? 'Ask for one of those.' : `Did you mean \`${nearest}\`?`,
    });
  }
}

/** `float32 [batch, 3, 224, 224]`, as the model declares it; `?` is a free dimension without a name. */
export function describeValue(value: Pick<ValueInfo, 'dtype' | 'shape'>): string {
  return `${value.dtype} [${value.shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}

function checkFeed(
  input: ValueInfo,
  tensor: Tensor,
  freeDimensions: Map<string, { readonly size: number; readonly input: string }>,
): void {
  // Every run passes here, and nearly all of them fit: words are only made for the others.
  const wanted = (): string => `The input \`${input.name}\` wants ${describeValue(input)}`;
  const given = (): string => `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.dtype !== input.dtype) {
    throw new TensorError('input-dtype', `${wanted()}, but ${given()} was given.`, {
      tensor: input.name,
      remedy: `Convert the data to ${input.dtype}.`,
    });
  }
  if (tensor.shape.length !== input.shape.length) {
    throw new TensorError(
      'input-rank',
      `${wanted()}, which has ${input.shape.length} dimensions, but ${given()} has ${tensor.shape.length}.`,
      { tensor: input.name },
    );
  }
  const expectedElements = elementCount(tensor.shape);
  for (const [axis, dimension] of input.shape.entries()) {
    const size = tensor.shape[axis]!;
    if (typeof dimension === 'number' && dimension !== size) {
      throw new TensorError(
        'input-shape',
        `${wanted()}, but dimension ${axis} of the given ${given()} is ${size}.`,
        {
          tensor: input.name,
        },
      );
    }
    if (typeof dimension === 'string') {
      const seen = freeDimensions.get(dimension);
      if (seen === undefined) freeDimensions.set(dimension, { size, input: input.name });
      else if (seen.size !== size) {
        throw new TensorError(
          'input-shape',
          `The dimension \`${dimension}\` is ${seen.size} in \`${seen.input}\`, but ${size} in \`${input.name}\`.`,
          { tensor: input.name, remedy: 'Make them the same.' },
        );
      }
    }
  }
  const actual = tensor.dtype === 'string' ? tensor.strings.length : tensor.bytes.byteLength;
  const expected = tensor.dtype === 'string' ? expectedElements : byteLength(tensor.dtype, tensor.shape);
  if (actual !== expected) {
    const unit = tensor.dtype === 'string' ? 'strings' : 'bytes';
    throw new TensorError(
      'input-shape',
      `The tensor for \`${input.name}\` says ${given()}, which takes ${expected} ${unit}, but it holds ${actual}.`,
      { tensor: input.name },
    );
  }
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
}
