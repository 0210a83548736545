import { putNamed, type Tensor, type Tensors } from '@switchyard/core';

/** What is wrong with the outputs of a batch, in a clause; `null` when they can be split by row. */
export function splitProblem(outputs: Tensors, rows: number): string | null {
  for (const name in outputs) {
    const { shape } = outputs[name]!;
    if (shape.length > 0 && shape[0] === rows) continue;
    return `its output '${name}' has the shape [${shape.join(', ')}] for a batch of ${rows} rows`;
  }
  return null;
}

/** Some rows of the outputs of a batch, as views of the same memory. */
export function splitOutputs(outputs: Tensors, total: number, from: number, rows: number): Tensors {
  const part: Record<string, Tensor> = {};
  for (const name in outputs) putNamed(part, name, rowsOf(outputs[name]!, total, from, rows));
  return part;
}

function rowsOf(tensor: Tensor, total: number, from: number, rows: number): Tensor {
  const shape = tensor.shape.slice();
  shape[0] = rows;
  if (tensor.dtype === 'string') {
    const width = tensor.strings.length / total;
    return { dtype: 'string', shape, strings: tensor.strings.slice(from * width, (from + rows) * width) };
  }
  const width = tensor.bytes.byteLength / total;
  return { dtype: tensor.dtype, shape, bytes: tensor.bytes.subarray(from * width, (from + rows) * width) };
}

/** Only these outputs, where they are not all there are. */
export function pickOutputs(outputs: Tensors, names: readonly string[] | null): Tensors {
  if (names === null || names.length === Object.keys(outputs).length) return outputs;
  const picked: Record<string, Tensor> = {};
  for (const name of names) putNamed(picked, name, outputs[name]!);
  return picked;
}
