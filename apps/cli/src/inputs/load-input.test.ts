import { mkdtempSync, rmSync, writeFileSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DTYPES,
  elementCount,
  makeTensor,
  tensorValues,
  type DType,
  type Tensor,
  type ValueInfo,
  checkFeeds,
  TensorError,
} from '@switchyard/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputsToJson } from '../outputs/outputs-to-json.ts';
import { writeNpy } from '../outputs/write-npy.ts';
import { writeNpz } from '../outputs/write-npz.ts';
import { assignInputs } from './assign-inputs.ts';
import { describeInput } from './describe-input.ts';
import { loadInput, type LoadedInput } from './load-input.ts';
import { parseInputArgument } from './parse-input-argument.ts';

const { default: sharp } = await import('sharp');
const { default: wavefile } = await import('wavefile');
const wave = new wavefile.WaveFile();
wave.fromScratch(2, 8000, '16', [
  [1, 2, 3],
  [4, 5, 6],
] as never);
const sound = wave.toBuffer();
const picture = await sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const archive = await writeNpz({
  x: makeTensor('float32', [2, 2], [1, 2, 3, 4]),
  y: makeTensor('bool', [], [true]),
});

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'switchyard-inputs-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const info = (dtype: DType, shape: ValueInfo['shape'], name = 'x'): ValueInfo => ({ name, dtype, shape });

function load(
  text: string,
  valueInfo: ValueInfo,
  { dims = {}, stdin = new Uint8Array() }: { dims?: Record<string, number>; stdin?: Uint8Array } = {},
): Promise<LoadedInput> {
  return loadInput(parseInputArgument(text), {
    valueInfo,
    dims: new Map(Object.entries(dims)),
    cwd,
    stdin: () => Promise.resolve(stdin),
  });
}

const file = (name: string, contents: string | Uint8Array): void => writeFileSync(join(cwd, name), contents);
/** An error with this code, whose message has these words in this order. */
const refusal = (code: string, ...words: readonly string[]): unknown => {
  const pattern = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)).join('.*');
  return expect.objectContaining({ code, message: expect.stringMatching(new RegExp(pattern, 'su')) });
};

const anyValue = (dtype: DType): fc.Arbitrary<number | bigint | boolean | string> => {
  if (dtype === 'string') return fc.string({ unit: 'binary' }).filter((text) => !text.endsWith('\0'));
  if (dtype === 'bool') return fc.boolean();
  if (dtype === 'float64') return fc.double();
  if (dtype.includes('float'))
    return fc.float().filter((value) => !Number.isFinite(value) || Math.abs(value) < 6e4);
  const bits = BigInt(/\d+$/u.exec(dtype)![0]);
  return dtype.startsWith('u')
    ? fc.bigInt({ min: 0n, max: 2n ** bits - 1n })
    : fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n });
};
const anyTensor = (dtype: DType): fc.Arbitrary<Tensor> =>
  fc.array(fc.nat(3), { maxLength: 4 }).chain((shape) => {
    const count = elementCount(shape);
    return fc
      .array(anyValue(dtype), { minLength: count, maxLength: count })
      .map((values) => makeTensor(dtype, shape, values));
  });

describe('what is written is read back', () => {
  it.each(DTYPES)('%s as JSON', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(anyTensor(dtype), async (tensor) => {
        const stdin = new TextEncoder().encode(JSON.stringify(outputsToJson({ x: tensor })));
        const loaded = await load('-?format=json', info(dtype, tensor.shape), { stdin });
        // Values, not bytes: JSON keeps that a number is NaN, but not which.
        expect(tensorValues(loaded.tensor)).toEqual(tensorValues(tensor));
        expect(loaded.tensor.shape).toEqual(tensor.shape);
      }),
      { numRuns: 60 },
    );
  });

  it.each(DTYPES.filter((dtype) => !['bfloat16', 'int4', 'uint4'].includes(dtype)))(
    '%s as npy and npz',
    async (dtype) => {
      await fc.assert(
        fc.asyncProperty(anyTensor(dtype), async (tensor) => {
          const array = await load('-', info(dtype, tensor.shape), { stdin: writeNpy(tensor) });
          expect(array.tensor).toEqual(tensor);
          const archive = await load('-', info(dtype, tensor.shape), {
            stdin: await writeNpz({ a: tensor, x: tensor }),
          });
          expect(archive.tensor).toEqual(tensor);
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('JSON and inline values', () => {
  it.each<[string, DType, ValueInfo['shape'], readonly number[], readonly unknown[]]>([
    ['[1,2,3]', 'float32', [3], [3], [1, 2, 3]],
    ['[[1,2],[3,4]]', 'int8', ['n', 2], [2, 2], [1, 2, 3, 4]],
    ['[1,2,3,4]', 'int32', ['n', 2], [2, 2], [1, 2, 3, 4]],
    ['5', 'float32', [1], [1], [5]],
    ['5', 'int64', [], [], [5n]],
    ['5', 'int64', ['batch', 1], [1, 1], [5n]],
    ['[5]', 'float32', [], [], [5]],
    ['9223372036854775807', 'int64', [], [], [9223372036854775807n]],
    ['["-9223372036854775808"]', 'int64', [1], [1], [-9223372036854775808n]],
    ['18446744073709551615', 'uint64', [], [], [18446744073709551615n]],
    ['[9007199254740993]', 'int64', [1], [1], [9007199254740993n]],
    ['1e2', 'int16', [], [], [100]],
    ['["NaN", NaN, "-Infinity"]', 'float16', [3], [3], [NaN, NaN, -Infinity]],
    ['[true, 0, 1, false]', 'bool', [4], [4], [true, false, true, false]],
    ['"text"', 'string', [1], [1], ['text']],
    ['[["a"],["b"]]', 'string', [null, null], [2, 1], ['a', 'b']],
    ['[]', 'float32', ['n'], [0], []],
    ['[[],[]]', 'float32', ['n', 'm'], [2, 0], []],
    ['{"dtype":"float32","shape":[0,3],"values":[]}', 'float32', ['n', 3], [0, 3], []],
  ])('%s for %s %j', async (text, dtype, declared, shape, values) => {
    const { tensor } = await load(`x=${text}`, info(dtype, declared));
    expect(tensor.dtype).toBe(dtype);
    expect(tensor.shape).toEqual(shape);
    expect(tensorValues(tensor)).toEqual(values);
  });

  it.each<[string, DType, ValueInfo['shape'], string, string]>([
    [
      '[[1,2],[3]]',
      'float32',
      [2, 2],
      'input-shape',
      '`[1]` is a list of 1, but the first item at this depth is a list of 2',
    ],
    ['[[1,2],3]', 'float32', [2, 2], 'input-shape', '`[1]` is no list'],
    ['[1,[2]]', 'float32', [2], 'input-shape', '`[1]` is a list of 1'],
    ['[1,{"a":1}]', 'float32', [2], 'input-value', '`[1]` in'],
    ['[[1,2],[3,300]]', 'uint8', [2, 2], 'input-value', '`[1][1]` in'],
    ['[1,2.5]', 'int32', [2], 'input-value', '`[1]` in `[1,2.5]` is 2.5'],
    ['[9007199254740992.5]', 'int64', [1], 'input-value', 'is 9007199254740992.5'],
    ['[NaN]', 'int32', [1], 'input-value', 'is NaN'],
    ['[null]', 'float32', [1], 'input-value', 'is null'],
    ['[true]', 'float32', [1], 'input-value', 'is true'],
    ['["1"]', 'float32', [1], 'input-value', 'is the text "1"'],
    ['[2]', 'bool', [1], 'input-value', 'true, false, 1 or 0'],
    ['[1]', 'string', [1], 'input-value', 'text in quotes'],
    ['[1e39]', 'float32', [1], 'input-value', 'does not go that far'],
    ['[70000]', 'float16', [1], 'input-value', 'does not go that far'],
    ['[1e999]', 'float64', [1], 'input-value', '1e999'],
    ['[18446744073709551616]', 'uint64', [1], 'input-value', 'goes from 0 to 18446744073709551615'],
    ['[1,2,3]', 'float32', ['a', 'b'], 'input-shape', 'Give `--dim a=SIZE` and `--dim b=SIZE`'],
    ['[1,2,3]', 'float32', ['n', 2], 'input-shape', 'a multiple of 2'],
    ['[1,2,3]', 'float32', [4], 'input-shape', 'is 3'],
    ['[[1,2,3]]', 'float32', [3], 'input-rank', 'Reshape'],
    ['[1,,2]', 'float32', [2], 'input-unreadable', 'line 1, column 4'],
    ['{"y":[1]}', 'float32', [1], 'input-unreadable', 'has no `x`; it has `y`'],
    ['{"dtype":"int8","shape":[1],"values":[1]}', 'float32', [1], 'input-dtype', 'says int8'],
    ['{"shape":[3],"values":[1]}', 'float32', [3], 'input-shape', 'takes 3 values, but it has 1'],
    ['{"shape":"3","values":[1]}', 'float32', [3], 'input-unreadable', 'is no tensor'],
  ])('refuses %s for %s %j', async (text, dtype, shape, code, words) => {
    await expect(load(`x=${text}`, info(dtype, shape))).rejects.toEqual(refusal(code, words));
  });

  it('uses and checks `--dim`', async () => {
    const declared = info('float32', ['batch', 'sequence']);
    const { tensor, description } = await load('[1,2,3]', declared, { dims: { batch: 1 } });
    expect(tensor.shape).toEqual([1, 3]);
    expect(description).toBe(
      'x: float32 [1, 3] from `[1,2,3]`, JSON, flat list laid into [1, 3], dimension `sequence` taken as 3',
    );
    await expect(load('[[1,2,3]]', declared, { dims: { batch: 2 } })).rejects.toEqual(
      refusal('input-shape', '`--dim batch=2` was given, but dimension 0', 'is 1'),
    );
  });

  it('takes members of a JSON file by the name of the input or after `#`', async () => {
    file('both.json', '{"x": [1], "other": {"shape": [1], "values": [2]}}');
    expect(tensorValues((await load('both.json', info('float32', [1]))).tensor)).toEqual([1]);
    expect(tensorValues((await load('both.json#other', info('float32', [1]))).tensor)).toEqual([2]);
    await expect(load('both.json#othr', info('float32', [1]))).rejects.toEqual(
      refusal('input-unreadable', '`#other`?'),
    );
  });

  it('names line and column of a mistake in a file, and knows a byte order mark', async () => {
    file('bad.json', '[\n  [1, 2],\n  [3, 4\n]');
    await expect(load('bad.json', info('float32', [2, 2]))).rejects.toEqual(
      refusal('input-unreadable', '`bad.json` for the input `x` is not JSON at line 4, column 2'),
    );
    file('bom.json', '\uFEFF[1]');
    expect(tensorValues((await load('bom.json', info('float32', [1]))).tensor)).toEqual([1]);
    file('utf16.json', Buffer.from('\uFEFF[1]', 'utf16le'));
    await expect(load('utf16.json', info('float32', [1]))).rejects.toEqual(
      refusal('input-unreadable', 'not UTF-8'),
    );
  });
});

describe('NumPy files', () => {
  it('refuses another dtype or shape and says how to convert', async () => {
    file('a.npy', writeNpy(makeTensor('float64', [2, 3], [1, 2, 3, 4, 5, 6])));
    await expect(load('a.npy', info('float32', [2, 3]))).rejects.toEqual(
      refusal('input-dtype', 'wants float32 [2, 3], but `a.npy` is float64 [2, 3]', 'arr.astype("float32")'),
    );
    await expect(load('a.npy', info('float64', [1, 2, 3]))).rejects.toEqual(
      refusal('input-rank', 'first dimension of 1'),
    );
    await expect(load('a.npy', info('float64', [2, 4]))).rejects.toEqual(
      refusal('input-shape', 'dimension 1', 'is 3'),
    );
    await expect(load('a.npy', info('bfloat16', [2, 3]))).rejects.toEqual(
      refusal('input-dtype', 'NumPy has no bfloat16'),
    );
  });

  it('puts the name of the input into errors about the file', async () => {
    file('text.npy', 'just text');
    await expect(load('text.npy', info('float32', [1], 'image'))).rejects.toEqual(
      refusal('input-unreadable', 'The input `image`: `text.npy` is not a NumPy array'),
    );
  });
});

describe('raw data', () => {
  const data = Uint8Array.of(9, 0, 1, 0, 2, 0, 3, 0, 4);

  it('skips, swaps and concludes a shape', async () => {
    file('d.bin', data);
    const { tensor, description } = await load('d.bin?offset=1&endian=big', info('int16', ['n', 2]));
    expect(tensorValues(tensor)).toEqual([1, 2, 3, 4]);
    expect(description).toBe(
      'x: int16 [2, 2] from `d.bin`, raw int16, big-endian, 1 byte skipped, dimension `n` taken as 2',
    );
    const told = await load('d.bin?offset=1&shape=4x1&dtype=int16', info('int16', ['n', 'm']));
    expect(told.tensor.shape).toEqual([4, 1]);
    expect(tensorValues(told.tensor)).toEqual([256, 512, 768, 1024]);
  });

  it('reads packed integers with an odd count where the shape is known', async () => {
    file('p.bin', Uint8Array.of(0x78, 0x0f));
    expect(tensorValues((await load('p.bin', info('int4', [3]))).tensor)).toEqual([-8, 7, -1]);
  });

  it.each<[string, DType, ValueInfo['shape'], string, string]>([
    ['d.bin', 'int16', ['n'], 'input-shape', '9 bytes, which is no whole number of int16'],
    ['d.bin', 'float32', [2], 'input-shape', 'takes 8 bytes for float32 [2], but `d.bin` has 9'],
    ['d.bin', 'uint8', ['n', 'm'], 'input-shape', '`--dim n=SIZE`'],
    ['d.bin', 'uint8', [null, null], 'input-shape', '?shape='],
    ['d.bin?dtype=float32', 'int16', ['n'], 'input-dtype', 'said to hold float32'],
    ['d.bin?dtype=flaot', 'int16', ['n'], 'input-dtype', 'not an element type'],
    ['d.bin?offset=10', 'int16', ['n'], 'input-unreadable', 'fewer than'],
    ['d.bin?offset=one', 'int16', ['n'], 'input-unreadable', 'no number of bytes'],
    ['d.bin?shape=3x4', 'uint8', [3, 3], 'input-shape', 'dimension 1'],
    ['d.bin', 'bool', [9], 'input-value', 'neither 0 nor 1'],
    ['d.bin', 'string', [1], 'input-dtype', 'no raw form'],
  ])('refuses %s for %s %j', async (text, dtype, shape, code, words) => {
    file('d.bin', data);
    await expect(load(text, info(dtype, shape))).rejects.toEqual(refusal(code, words));
  });
});

describe('zeros and ones', () => {
  it.each(DTYPES.filter((dtype) => dtype !== 'string'))('%s', async (dtype) => {
    const { tensor } = await load('ones', info(dtype, ['n', 3]), { dims: { n: 1 } });
    expect(tensorValues(tensor).map(Number)).toEqual([1, 1, 1]);
    expect(tensorValues((await load('zeros?shape=2x3', info(dtype, ['n', 3]))).tensor).map(Number)).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });

  it('wants every size, and no text', async () => {
    await expect(load('zeros', info('float32', ['n', 3]))).rejects.toEqual(
      refusal('input-shape', '--dim n=SIZE'),
    );
    await expect(load('zeros', info('string', [3]))).rejects.toEqual(refusal('input-dtype', 'is text'));
  });
});

describe('sources', () => {
  it('tells what is wrong with a file', async () => {
    mkdirSync(join(cwd, 'folder.npy'));
    file('empty.npy', '');
    file('picture.npy', writeNpy(makeTensor('float32', [1], [1])));
    file('odd?name.npy', writeNpy(makeTensor('float32', [1], [1])));
    file('unknown.xyz', 'some text');
    const declared = info('float32', [1]);
    await expect(load('pictur.npy', declared)).rejects.toEqual(
      refusal('input-unreadable', 'The file `pictur.npy` for the input `x` does not exist', '`picture.npy`?'),
    );
    await expect(load('no/such/dir.npy', declared)).rejects.toEqual(
      refusal('input-unreadable', '`no/such` does not exist either'),
    );
    await expect(load('hello', declared)).rejects.toEqual(
      refusal('input-unreadable', 'text is written in quotes: `"hello"`'),
    );
    await expect(load('zero', declared)).rejects.toEqual(
      refusal('input-unreadable', 'Did you mean `zeros`?'),
    );
    await expect(load('folder.npy', declared)).rejects.toEqual(refusal('input-unreadable', 'is a directory'));
    await expect(load('empty.npy', declared)).rejects.toEqual(
      refusal('input-unreadable', '`empty.npy` for the input `x` is empty'),
    );
    await expect(load('unknown.xyz', declared)).rejects.toEqual(refusal('input-unreadable', '?format='));
    file('v.npz#b.npz', 'x');
    await expect(load('v.npz#b.npz', declared)).rejects.toEqual(
      refusal('input-unreadable', 'For the file `v.npz#b.npz`, write', '`%23`'),
    );
    expect(tensorValues((await load('odd%3Fname.npy', declared)).tensor)).toEqual([1]);
  });

  it('tells formats of standard input only where the bytes prove it', async () => {
    const declared = info('int8', [2]);
    const npy = writeNpy(makeTensor('int8', [2], [1, 2]));
    expect((await load('-', declared, { stdin: npy })).description).toBe(
      'x: int8 [2] from standard input, NumPy array',
    );
    await expect(load('-', declared, { stdin: Uint8Array.of(1, 2) })).rejects.toEqual(
      refusal('input-unreadable', 'standard input', '?format='),
    );
    expect(
      tensorValues((await load('-?format=raw', declared, { stdin: Uint8Array.of(1, 2) })).tensor),
    ).toEqual([1, 2]);
    await expect(load('-', declared)).rejects.toEqual(refusal('input-unreadable', 'is empty', 'pipe'));
  });

  it('refuses options of another format once the content says which it is', async () => {
    const stdin = writeNpy(makeTensor('int8', [2], [1, 2]));
    await expect(load('-?layout=nchw', info('int8', [2]), { stdin })).rejects.toEqual(
      refusal('input-unreadable', 'not one of `npy`'),
    );
  });

  it('stops when it is told to', async () => {
    file('a1.npy', writeNpy(makeTensor('int8', [2], [1, 2])));
    const context = {
      valueInfo: info('int8', [2]),
      dims: new Map(),
      cwd,
      stdin: () => Promise.resolve(new Uint8Array()),
    };
    const reason = new Error('enough');
    await expect(
      loadInput(parseInputArgument('a1.npy'), { ...context, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it('reads NumPy’s own archive', async () => {
    file('two.npz', readFileSync(new URL('__fixtures__/two.npz', import.meta.url)));
    const { tensor, description } = await load('two.npz#image', info('float32', [2, 3], 'pixels'));
    expect(tensorValues(tensor)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(description).toBe('pixels: float32 [2, 3] from `two.npz#image`, array `image`');
  });
});

describe('damage', () => {
  it.each<[string, Uint8Array, ValueInfo]>([
    ['npy', writeNpy(makeTensor('float32', [2, 2], [1, 2, 3, 4])), info('float32', [2, 2])],
    ['npz', archive, info('float32', [2, 2])],
    ['wav', sound, info('float32', ['n'])],
    [
      'json',
      new TextEncoder().encode('{"x": {"dtype": "float32", "shape": [2, 2], "values": [1, 2, 3, 4]}}'),
      info('float32', [2, 2]),
    ],
    ['image', picture, info('float32', ['h', 'w', 3])],
    ['raw', new Uint8Array(16), info('float32', [2, 2])],
  ])(
    'any damage to %s gives a tensor or an error that says so, never another one',
    async (format, good, valueInfo) => {
      expect((await load(`-?format=${format}`, valueInfo, { stdin: good })).tensor.dtype).toBe('float32');
      const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(good.length), async (changes, length) => {
          const stdin = new Uint8Array(good);
          for (const [at, byte] of changes) stdin[at] = byte;
          try {
            checkFeeds([valueInfo], {
              x: (await load(`-?format=${format}`, valueInfo, { stdin: stdin.subarray(0, length) })).tensor,
            });
          } catch (error) {
            if (!TensorError.isInstance(error)) throw error;
            expect(error.code).toMatch(/^input-(?:unreadable|dtype|rank|shape|value)$/u);
            expect(error.tensor).toBe('x');
          }
        }),
        { numRuns: 500 },
      );
    },
  );
});

describe('assignInputs', () => {
  const inputs = [info('float32', [1], 'left'), info('float32', [1], 'right')];
  const assign = (texts: readonly string[], offered = inputs): unknown =>
    assignInputs(texts.map(parseInputArgument), offered).map(({ valueInfo }) => valueInfo.name);

  it('keeps the order, and needs no name where there is one input', () => {
    expect(assign(['right=1', 'left=2'])).toEqual(['right', 'left']);
    expect(assign(['1'], inputs.slice(0, 1))).toEqual(['left']);
  });

  it.each([
    [['1'], 'input-missing', 'the model has 2: `left`, `right`'],
    [['lft=1'], 'input-unknown', 'Did you mean `left`?'],
    [['left=1', 'left=2'], 'input-unreadable', 'given twice'],
    [['left=-', 'right=-'], 'input-unreadable', 'can be read once'],
  ])('refuses %j', (texts, code, words) => {
    expect(() => assign(texts)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

it('describeInput says what happens to a picture', () => {
  expect(describeInput(info('float32', ['batch', 3, 224, 200], 'image'))).toBe(
    'image: float32 [batch, 3, 224, 200]; a picture becomes 200x224 (stretch), rgb, nchw, values 0 to 1',
  );
  expect(describeInput(info('uint8', [1, 'h', 'w', 1]))).toBe(
    'x: uint8 [1, h, w, 1]; a picture keeps its size, gray, nhwc, values 0 to 255',
  );
  expect(describeInput(info('int64', ['n']))).toBe('x: int64 [n]');
});
