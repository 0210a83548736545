import { makeTensor, tensorValues, type Tensor, type Tensors } from '@switchyard/core';
import { CONVOLUTION_KERNEL } from '../goldens/models.ts';

// The models of the kit in plain arithmetic: what the stored values are compared with, without any engine.

const numbers = (tensor: Tensor): readonly number[] => tensorValues(tensor).map(Number);
const floats = (shape: readonly number[], values: readonly number[]): Tensor => makeTensor('float32', shape, values);

/** Computes the outputs of a model of the kit, by its name. */
export function evaluate(name: string, feeds: Tensors): Tensors | null {
  if (name.startsWith('identity-')) return { y: feeds['x']! };
  if (name.startsWith('sub-')) return { difference: subtract(feeds['a']!, feeds['b']!) };
  switch (name) {
    case 'matmul':
      return { product: matmul(feeds['left']!, feeds['right']!) };
    case 'softmax':
      return { y: softmax(feeds['x']!) };
    case 'convolution':
      return { y: convolve(feeds['x']!) };
    case 'perceptron':
      return { y: perceptron(feeds['x']!, [4, 8, 2]) };
    case 'large-perceptron':
      return { y: perceptron(feeds['x']!, [64, 256, 256, 16]) };
    case 'if': {
      const x = feeds['x']!;
      const positive = tensorValues(feeds['condition']!)[0] === true;
      return { y: floats(x.shape, numbers(x).map((value) => (positive ? Math.max(value, 0) + 1 : 0 - value))) };
    }
    case 'loop': {
      const [count, start, step] = ['count', 'start', 'step'].map((one) => numbers(feeds[one]!)[0]!);
      return { result: floats([1], [start! + step! * count!]) };
    }
    case 'mixed': {
      const found = [...new Set(numbers(feeds['x']!).map((value) => value * 2))].toSorted((one, two) => one - two);
      return { y: floats([found.length], found) };
    }
    default:
      return null;
  }
}

function subtract(left: Tensor, right: Tensor): Tensor {
  const others = tensorValues(right);
  const values = tensorValues(left).map((value, index) =>
    typeof value === 'bigint' ? value - (others[index] as bigint) : Number(value) - Number(others[index]),
  );
  return makeTensor(left.dtype, left.shape, values);
}

function matmul(left: Tensor, right: Tensor): Tensor {
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  const [one, two] = [numbers(left), numbers(right)];
  const values = Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let index = 0; index < inner; index += 1) sum += one[row * inner + index]! * two[index * columns + column]!;
    return sum;
  });
  return floats([rows, columns], values);
}

function softmax(x: Tensor): Tensor {
  const [rows, columns] = x.shape as [number, number];
  const all = numbers(x);
  const values = Array.from({ length: rows }, (_, row) => {
    const line = all.slice(row * columns, (row + 1) * columns);
    const powers = line.map((value) => Math.exp(value - Math.max(...line)));
    const sum = powers.reduce((total, value) => total + value, 0);
    return powers.map((value) => value / sum);
  });
  return floats(x.shape, values.flat());
}

function convolve(x: Tensor): Tensor {
  const [height, width] = x.shape.slice(2) as [number, number];
  const image = numbers(x);
  const bias = [0.5, -1];
  const values: number[] = [];
  for (let channel = 0; channel < 2; channel += 1) {
    for (let row = 0; row <= height - 3; row += 1) {
      for (let column = 0; column <= width - 3; column += 1) {
        let sum = bias[channel]!;
        for (let at = 0; at < 9; at += 1) {
          const pixel = image[(row + Math.floor(at / 3)) * width + column + (at % 3)]!;
          sum += pixel * CONVOLUTION_KERNEL[channel * 9 + at]!;
        }
        values.push(sum);
      }
    }
  }
  return floats([1, 2, height - 2, width - 2], values);
}

function perceptron(x: Tensor, sizes: readonly number[]): Tensor {
  const rows = x.shape[0]!;
  const all = numbers(x);
  const values: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    let line: readonly number[] = all.slice(row * sizes[0]!, (row + 1) * sizes[0]!);
    for (let layer = 0; layer < sizes.length - 1; layer += 1) {
      const [from, width] = [sizes[layer]!, sizes[layer + 1]!];
      const last = layer === sizes.length - 2;
      const before = line;
      line = Array.from({ length: width }, (_, column) => {
        let sum = wave(`bias_${layer}`, column);
        for (let index = 0; index < from; index += 1) sum += before[index]! * wave(`weight_${layer}`, index * width + column);
        return last ? sum : Math.max(0, sum);
      });
    }
    values.push(...line);
  }
  return floats([rows, sizes.at(-1)!], values);
}

function wave(name: string, index: number): number {
  return Math.fround(Math.sin(index + name.length) / 4);
}
