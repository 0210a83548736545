import { buildModel } from '@switchyard/onnx/testing';

/**
 * `y = condition ? relu(x) + 1 : -x`, with a name for every node: `choose` (If) in the main graph,
 * `inner_relu` and `inner_add` in one branch, `inner_neg` in the other. `x` is float32 `[n]`.
 */
export function branchModel(): Uint8Array<ArrayBuffer> {
  const float = { dtype: 'float32', shape: ['n'] } as const;
  return buildModel({
    name: 'branches',
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
                { op: 'Relu', name: 'inner_relu', inputs: ['x'], outputs: ['clipped'] },
                { op: 'Add', name: 'inner_add', inputs: ['clipped', 'one'], outputs: ['y_then'] },
              ],
              initializers: [{ name: 'one', dtype: 'float32', shape: [1], data: [1] }],
            },
          },
          else_branch: {
            graph: {
              name: 'negative',
              outputs: [{ name: 'y_else', ...float }],
              nodes: [{ op: 'Neg', name: 'inner_neg', inputs: ['x'], outputs: ['y_else'] }],
            },
          },
        },
      },
    ],
  });
}
