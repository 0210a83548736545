import { checkFeeds, DTYPES, makeTensor, tensorValues, type ValueInfo } from '@switchyard/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateFeeds, type GenerateFeedsRequest } from './generate-feeds.ts';
import { resizeFeeds } from './resize-feeds.ts';

const inputsArbitrary: fc.Arbitrary<readonly ValueInfo[]> = fc.uniqueArray(
  fc.record<ValueInfo>({
    name: fc.constantFrom('x', 'mask', 'ids', 'state', 'length'),
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.oneof(fc.nat(4), fc.constantFrom<string | null>('batch', 'n', 'sequence', null)), {
      maxLength: 4,
    }),
  }),
  { selector: ({ name }) => name, maxLength: 5 },
);

function made(request: GenerateFeedsRequest) {
  const generated = generateFeeds(request);
  if (!generated.ok) throw new Error(generated.why);
  return generated.feeds;
}
const only = (input: Partial<ValueInfo>, more: Partial<GenerateFeedsRequest> = {}) =>
  made({ inputs: [{ name: 'x', dtype: 'float32', shape: [64], ...input }], ...more })['x']!;

it('always fit the inputs that they were made for', () => {
  const sizes = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    freeSize: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
    unnamedAreBatch: fc.boolean(),
  });
  fc.assert(
    fc.property(inputsArbitrary, sizes, (inputs, request) => {
      const feeds = made({ inputs, ...request });
      checkFeeds(inputs, feeds);
      expect(made({ inputs, ...request })).toEqual(feeds);
      const resized = resizeFeeds(inputs, feeds, {
        other: [request.batch + 1],
        unnamedAreBatch: request.unnamedAreBatch,
      });
      if (resized === null) return;
      checkFeeds(inputs, resized);
      expect(resized).not.toEqual(feeds);
    }),
  );
});

describe('values', () => {
  it.each(['int8', 'int32', 'int64', 'uint8', 'uint64', 'int4', 'bool'] as const)(
    '%s is 0 and 1, both',
    (dtype) => {
      expect(new Set(tensorValues(only({ dtype })).map(Number))).toEqual(new Set([0, 1]));
    },
  );

  it('floats go from -1 to 1, and from 0 to 1 in an image', () => {
    const plain = tensorValues(only({ shape: [1000] })) as number[];
    expect(Math.min(...plain)).toBeLessThan(-0.9);
    expect(Math.max(...plain)).toBeGreaterThan(0.9);
    const image = tensorValues(only({ shape: [1, 3, 8, 8] })) as number[];
    expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...image)).toBeGreaterThan(0.9);
  });

  it('keep to the ranges that the graph makes evident', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100 }), fc.nat(50), (minimum, width) => {
        const hints = { ranges: { x: { minimum, maximum: minimum + width } } };
        for (const dtype of ['int64', 'float32', 'int8'] as const) {
          for (const value of tensorValues(only({ dtype }, { hints }))) {
            expect(Number(value)).toBeGreaterThanOrEqual(Math.max(minimum, -128));
            expect(Number(value)).toBeLessThanOrEqual(
              Math.min(minimum + width, 127 + (dtype === 'int8' ? 0 : 100)),
            );
          }
        }
      }),
    );
  });

  it('another seed gives other values', () => {
    expect(only({}, { seed: 2 })).not.toEqual(only({}, { seed: 1 }));
  });
});

it('a larger batch of the inputs of a caller is made of their elements, and no two items are equal', () => {
  const inputs = [{ name: 'x', dtype: 'int64', shape: ['n', 3] }] as const;
  const resized = resizeFeeds(inputs, { x: makeTensor('int64', [1, 3], [5, 6, 7]) }, { other: [1, 3] });
  expect(tensorValues(resized!['x']!).map(Number)).toEqual([5, 6, 7, 6, 7, 5, 7, 5, 6]);
  const fixed = [{ name: 'x', dtype: 'int64', shape: [1, 3] }] as const;
  expect(resizeFeeds(fixed, { x: makeTensor('int64', [1, 3], [5, 6, 7]) }, { other: [3] })).toBeNull();
});

describe('sizes', () => {
  it('one name has one size, and the batch is wherever its name is', () => {
    const feeds = made({
      batch: 3,
      inputs: [
        { name: 'ids', dtype: 'int64', shape: ['n', 'sequence'] },
        { name: 'mask', dtype: 'int64', shape: ['n', 'sequence'] },
        { name: 'state', dtype: 'float32', shape: [2, 'n', 8] },
      ],
    });
    expect(Object.values(feeds).map(({ shape }) => shape)).toEqual([
      [3, 16],
      [3, 16],
      [2, 3, 8],
    ]);
  });

  it('an image is as large as images are', () => {
    expect(only({ shape: ['n', 3, 'h', 'w'] }).shape).toEqual([1, 3, 224, 224]);
    expect(only({ shape: [null, null, null, 3] }).shape).toEqual([1, 224, 224, 3]);
  });

  it('a state of a recurrent model has the batch inside, where it is asked for', () => {
    const inputs = [
      { name: 'input', dtype: 'float32', shape: [null, null] },
      { name: 'state', dtype: 'float32', shape: [2, null, 128] },
    ] as const;
    const shapes = Object.values(made({ inputs, batch: 3, unnamedAreBatch: true })).map(({ shape }) => shape);
    expect(shapes).toEqual([
      [3, 16],
      [2, 3, 128],
    ]);
  });

  it('can be said by name, and by place where there is none', () => {
    expect(only({ shape: ['n', null] }, { freeDimensions: { n: 5, 'x[1]': 7 } }).shape).toEqual([5, 7]);
  });
});

it.each([
  [
    'too large',
    { inputs: [{ name: 'x', dtype: 'float32', shape: [1e9] }] },
    /4000000000 bytes would be needed.*`x` is float32 \[1000000000\]/,
  ],
  ['an impossible size', { inputs: [], freeDimensions: { n: -1 } }, /`n` cannot be -1/],
  [
    'an impossible shape',
    { inputs: [{ name: 'x', dtype: 'int8', shape: [-1] }] },
    /whole numbers of 0 or more/,
  ],
  [
    'an impossible range',
    {
      inputs: [{ name: 'x', dtype: 'uint8', shape: [1] }],
      hints: { ranges: { x: { minimum: -5, maximum: -1 } } },
    },
    /No uint8 lies between -5 and -1/,
  ],
  [
    'a range the wrong way round',
    {
      inputs: [{ name: 'x', dtype: 'uint8', shape: [1] }],
      hints: { ranges: { x: { minimum: 2, maximum: 1 } } },
    },
    /from 2 to 1/,
  ],
] satisfies readonly (readonly [string, GenerateFeedsRequest, RegExp])[])(
  '%s is said, not guessed',
  (_name, request, text) => {
    const generated = generateFeeds(request);
    expect(generated.ok ? 'made' : generated.why).toMatch(text);
  },
);
