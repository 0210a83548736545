import type { KnownOnnxDType } from '../dtype.ts';
import type { Dim } from '../model-summary.ts';
import { buildModel } from './build-model.ts';
import type { NodeSpec, TensorSpec } from './model-spec.ts';

/** `y = Identity(x)`. */
export function identityModel(
  dtype: KnownOnnxDType = 'float32',
  shape: readonly Dim[] = ['n'],
): Uint8Array<ArrayBuffer> {
  return buildModel({
    name: 'identity',
    inputs: [{ name: 'x', dtype, shape }],
    outputs: [{ name: 'y', dtype, shape }],
    nodes: [{ op: 'Identity', name: 'copy', inputs: ['x'], outputs: ['y'] }],
  });
}

/** `sum = a + b`, elementwise. */
export function addModel(
  dtype: KnownOnnxDType = 'float32',
  shape: readonly Dim[] = ['n'],
): Uint8Array<ArrayBuffer> {
  return buildModel({
    name: 'add',
    inputs: [
      { name: 'a', dtype, shape },
      { name: 'b', dtype, shape },
    ],
    outputs: [{ name: 'sum', dtype, shape }],
    nodes: [{ op: 'Add', name: 'add', inputs: ['a', 'b'], outputs: ['sum'] }],
  });
}

/**
 * `condition` (bool scalar) chooses between `y = relu(x) + 1`, with an initializer in the branch, and `y = -x`.
 * `x` and `y` are float32 `[n]`.
 */
export function ifModel(): Uint8Array<ArrayBuffer> {
  const float = { dtype: 'float32', shape: ['n'] } as const;
  return buildModel({
    name: 'choice',
    inputs: [
      { name: 'condition', dtype: 'bool', shape: [] },
      { name: 'x', ...float },
    ],
    outputs: [{ name: 'y', ...float }],
    nodes: [
      {
        op: 'If',
        name: 'choose',
        inputs: ['condition'],
        outputs: ['y'],
        attributes: {
          then_branch: {
            graph: {
              name: 'positive',
              outputs: [{ name: 'y_then', ...float }],
              nodes: [
                { op: 'Relu', inputs: ['x'], outputs: ['clipped'] },
                { op: 'Add', inputs: ['clipped', 'one'], outputs: ['y_then'] },
              ],
              initializers: [{ name: 'one', dtype: 'float32', shape: [1], data: [1] }],
            },
          },
          else_branch: {
            graph: {
              name: 'negative',
              outputs: [{ name: 'y_else', ...float }],
              nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y_else'] }],
            },
          },
        },
      },
    ],
  });
}

/**
 * Adds `step` to `start` `count` times: `count` is an int64 scalar, the others and `result` are float32 `[1]`. With a
 * large count it is a run that takes as long as a test wants.
 */
export function loopModel(): Uint8Array<ArrayBuffer> {
  const float = { dtype: 'float32', shape: [1] } as const;
  return buildModel({
    name: 'counting',
    inputs: [
      { name: 'count', dtype: 'int64', shape: [] },
      { name: 'start', ...float },
      { name: 'step', ...float },
    ],
    outputs: [{ name: 'result', ...float }],
    nodes: [
      {
        op: 'Loop',
        name: 'repeat',
        inputs: ['count', '', 'start'],
        outputs: ['result'],
        attributes: {
          body: {
            graph: {
              name: 'body',
              inputs: [
                { name: 'iteration', dtype: 'int64', shape: [] },
                { name: 'go_on', dtype: 'bool', shape: [] },
                { name: 'before', ...float },
              ],
              outputs: [
                { name: 'still', dtype: 'bool', shape: [] },
                { name: 'after', ...float },
              ],
              nodes: [
                { op: 'Identity', inputs: ['go_on'], outputs: ['still'] },
                { op: 'Add', inputs: ['before', 'step'], outputs: ['after'] },
              ],
            },
          },
        },
      },
    ],
  });
}

/**
 * A multilayer perceptron: `Gemm` with bias between each two of `sizes`, `Relu` between layers. `x` is float32
 * `[batch, first size]`, `y` is `[batch, last size]`. Weights are small, different and the same on every call.
 */
export function mlpModel(sizes: readonly number[] = [4, 8, 2]): Uint8Array<ArrayBuffer> {
  if (sizes.length < 2) throw new RangeError(`A perceptron needs at least 2 sizes, but got ${sizes.length}.`);
  const nodes: NodeSpec[] = [];
  const initializers: (TensorSpec & { readonly name: string })[] = [];
  let from = 'x';
  for (const [layer, width] of sizes.slice(1).entries()) {
    const last = layer === sizes.length - 2;
    const [weight, bias, sum] = [`weight_${layer}`, `bias_${layer}`, last ? 'y' : `sum_${layer}`];
    initializers.push(waves(weight, [sizes[layer]!, width]), waves(bias, [width]));
    nodes.push({ op: 'Gemm', name: `gemm_${layer}`, inputs: [from, weight, bias], outputs: [sum] });
    if (last) continue;
    from = `hidden_${layer}`;
    nodes.push({ op: 'Relu', name: `relu_${layer}`, inputs: [sum], outputs: [from] });
  }
  return buildModel({
    name: 'mlp',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', sizes[0]!] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', sizes.at(-1)!] }],
    nodes,
    initializers,
  });
}

function waves(name: string, shape: readonly number[]): TensorSpec & { readonly name: string } {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length: count }, (_, index) => Math.sin(index + name.length) / 4);
  return { name, dtype: 'float32', shape, data };
}
