import { DTYPES } from '@switchyard/core';
import { inspectModelBytes } from '@switchyard/onnx';
import { compareTensors, TOLERANCES } from '@switchyard/runtime';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../__fixtures__/evaluate.ts';
import {
  ARITHMETIC,
  BATCH,
  CONTROL_FLOW,
  differenceGolden,
  EMPTY,
  identityGolden,
  NOT_FINITE,
  OPERATORS,
  SIZES,
} from './goldens.ts';

const ALL = [
  ...DTYPES.map((dtype) => identityGolden(dtype)),
  ...ARITHMETIC.map((dtype) => differenceGolden(dtype)),
  ...OPERATORS,
  NOT_FINITE,
  BATCH,
  SIZES,
  EMPTY,
  ...CONTROL_FLOW,
];

describe.each(ALL)('$name', (golden) => {
  it('has stored values that plain arithmetic gives too', () => {
    for (const { feeds, expected } of golden.runs) {
      const found = evaluate(golden.name, feeds);
      for (const [name, reference] of Object.entries(expected)) {
        expect(compareTensors(name, reference, found?.[name], TOLERANCES).problem).toBeNull();
      }
    }
  });

  it('has the inputs and outputs of its model', () => {
    const { inputs, outputs } = inspectModelBytes(golden.bytes());
    for (const { feeds, expected } of golden.runs) {
      expect(Object.keys(feeds).toSorted()).toEqual(inputs.map(({ name }) => name).toSorted());
      expect(Object.keys(expected)).toEqual(outputs.map(({ name }) => name));
    }
  });
});

it('a value beyond the tolerance is seen', () => {
  const [{ expected }] = OPERATORS[0]!.runs as readonly [(typeof OPERATORS)[0]['runs'][0]];
  const { product } = expected;
  const bytes = (product as { readonly bytes: Uint8Array }).bytes.slice();
  new Float32Array(bytes.buffer)[1]! += 0.1;
  const wrong = { ...(product as { dtype: 'float32'; shape: readonly number[] }), bytes };
  expect(compareTensors('product', product!, wrong, TOLERANCES).agrees).toBe(false);
});
