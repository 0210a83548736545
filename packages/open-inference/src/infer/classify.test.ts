import { expect, it } from 'vitest';
import type { WireTensor } from '../messages.ts';
import { tensorFrom } from '../tensor/tensor-from.ts';
import { valuesOf } from '../tensor/tensor-values.ts';
import { expectRefusal } from './__fixtures__/bodies.ts';
import { formatFixed } from './c-fixed.ts';
import { classify } from './classify.ts';

const flat = { labels: [], batched: false };

function texts(tensor: WireTensor): readonly unknown[] {
  return valuesOf(tensor) as readonly string[];
}

it('gives the largest values first, as `value:index`', () => {
  const found = classify(tensorFrom('y', 'FP32', [1, 4], [0.5, 3.3, -1, 0.25]), 3, {
    labels: [],
    batched: true,
  });
  expect(found).toMatchObject({ name: 'y', datatype: 'BYTES', shape: [1, 3] });
  expect(texts(found)).toEqual(['3.300000:1', '0.500000:0', '0.250000:3']);
});

it('adds labels where there are any', () => {
  const found = classify(tensorFrom('y', 'FP64', [3], [1, 2, 3]), 3, { labels: ['a', 'b'], batched: false });
  expect(texts(found)).toEqual(['3.000000:2', '2.000000:1:b', '1.000000:0:a']);
});

it('gives no more classes than there are, of each row', () => {
  const found = classify(tensorFrom('y', 'INT32', [2, 2], [1, 2, -3, -4]), 9, { labels: [], batched: true });
  expect(found.shape).toEqual([2, 2]);
  expect(texts(found)).toEqual(['2:1', '1:0', '-3:0', '-4:1']);
  expect(classify(tensorFrom('y', 'UINT8', [2, 2], [1, 2, 3, 4]), 1, flat)).toMatchObject({ shape: [1] });
  expect(classify(tensorFrom('y', 'FP32', [0, 4], []), 2, { labels: [], batched: true }).shape).toEqual([
    0, 0,
  ]);
});

it('puts equal values in the order of their index and NaN last', () => {
  const tensor = tensorFrom('y', 'FP32', [6], [1, NaN, 2, 2, Infinity, -Infinity]);
  expect(texts(classify(tensor, 6, flat))).toEqual([
    'inf:4',
    '2.000000:2',
    '2.000000:3',
    '1.000000:0',
    '-inf:5',
    'nan:1',
  ]);
  expect(texts(classify(tensorFrom('y', 'FP32', [3], [NaN, 2, 2]), 1, flat))).toEqual(['2.000000:1']);
  expect(
    texts(classify(tensorFrom('y', 'INT64', [2], [9007199254740993n, 9007199254740994n]), 1, flat)),
  ).toEqual(['9007199254740994:1']);
});

it.each([
  [0, '0.000000'],
  [-0, '-0.000000'],
  [0.1, '0.100000'],
  [0.0078125, '0.007812'],
  [0.0234375, '0.023438'],
  [-0.0078125, '-0.007812'],
  [1234567.0078125, '1234567.007812'],
  [0.00000049, '0.000000'],
  [-1e-9, '-0.000000'],
  [0.9999999, '1.000000'],
  [1e22, '10000000000000000000000.000000'],
  [2 ** 53, '9007199254740992.000000'],
])('prints %d as C does with %%f', (value, text) => {
  expect(formatFixed(value)).toBe(text);
});

it('refuses what cannot be classified', () => {
  for (const datatype of ['FP16', 'BF16'] as const) {
    expectRefusal(
      () => classify(tensorFrom('y', datatype, [1], [1]), 1, flat),
      `class result not available for output due to unsupported type '${datatype}'`,
    );
  }
  expectRefusal(
    () => classify(tensorFrom('y', 'BYTES', [1], ['a']), 1, flat),
    "class result not available for output due to unsupported type 'BYTES'",
  );
  expectRefusal(
    () => classify(tensorFrom('y', 'BOOL', [1], [true]), 1, flat),
    "class result not available for output due to unsupported type 'BOOL'",
  );
  expectRefusal(
    () => classify(tensorFrom('y', 'FP32', [1], [1]), 0, flat),
    "classification of output 'y' asks for 0 classes, expected 1 or more",
  );
  const large = tensorFrom('y', 'UINT8', [1000001], new Uint8Array(1000001));
  expectRefusal(() => classify(large, 1, flat), 'classification output tensor too large');
});
