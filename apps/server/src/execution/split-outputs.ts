import type { Tensor, Tensors } from '@switchyard/core';

/** What is wrong with the outputs of a batch, in a clause; `null` when they can be split by row. */
export function splitProblem(outputs: Tensors, rows: number): string | null {
  for (const [name, { shape }] of Object.entries(outputs)) {
    if (shape.length > 0 && shape[0] === rows) continue;
    return `its output '${name}' has the shape [${shape.join(', ')}] for a batch of ${rows} rows`;
  }
  return null;
}

/** Some rows of the outputs of a batch, as views of the same memory. */
export function splitOutputs(outputs: Tensors, total: number, from: number, rows: number): Tensors {
  const part: [string, Tensor][] = [];
  for (const [name, tensor] of Object.entries(outputs)) {
    const shape = tensor.shape.slice();
    shape[0] = rows;
    if (tensor.dtype === 'string') {
      const width = tensor.strings.length / total;
      const strings = tensor.strings.slice(from * width, (from + rows) * width);
      part.push([name, { dtype: 'string', shape, strings }]);
      continue;
    }
    const width = tensor.bytes.byteLength / total;
    const bytes = tensor.bytes.subarray(from * width, (from + rows) * width);
    part.push([name, { dtype: tensor.dtype, shape, bytes }]);
  }
  return Object.fromEntries(part);
}

/** Only these outputs, where they are not all there are. */
export function pickOutputs(outputs: Tensors, names: readonly string[] | null): Tensors {
  if (names === null || names.length === Object.keys(outputs).length) return outputs;
  return Object.fromEntries(names.map((name) => [name, outputs[name]!]));
}
