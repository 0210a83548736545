import { tensorValues, type DType, type ValueInfo } from '@switchyard/core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parseInputArgument } from './parse-input-argument.ts';
import { readPicture } from './read-picture.ts';

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
/** Two rows of two pixels. */
const PIXELS = [RED, GREEN, BLUE, WHITE];
const square = sharp(Uint8Array.from(PIXELS.flat()), { raw: { width: 2, height: 2, channels: 3 } });
const png = await square.clone().png().toBuffer();
const one = await sharp(Uint8Array.of(255, 51, 0), { raw: { width: 1, height: 1, channels: 3 } })
  .png()
  .toBuffer();
const wide = await sharp(
  Uint8Array.from([RED, BLUE].flatMap((pixel) => Array.from({ length: 8 }, () => pixel)).flat()),
  {
    raw: { width: 16, height: 1, channels: 3 },
  },
)
  .resize(16, 8, { fit: 'fill', kernel: 'nearest' })
  .png()
  .toBuffer();
const halfPng = (await square.clone().resize(64, 64).png().toBuffer()).subarray(0, 120);
const halfJpeg = (await square.clone().resize(200, 200).jpeg().toBuffer()).subarray(0, 1500);

const info = (shape: ValueInfo['shape'], dtype: DType = 'uint8'): ValueInfo => ({ name: 'x', dtype, shape });

async function read(
  bytes: Uint8Array,
  valueInfo: ValueInfo,
  options = '',
  dims: Record<string, number> = {},
): Promise<{ shape: readonly number[]; values: readonly unknown[]; notes: readonly string[] }> {
  const spec = parseInputArgument(options === '' ? 'p.png' : `p.png?${options}`);
  const { tensor, notes } = await readPicture(
    bytes,
    valueInfo,
    new Map(Object.entries(dims)),
    spec.options,
    '`p.png`',
  );
  return { shape: tensor.shape, values: tensorValues(tensor), notes };
}

const planes = (order: readonly number[]): number[] =>
  order.flatMap((channel) => PIXELS.map((pixel) => pixel[channel]!));
const GRAY = [76, 150, 29, 255];

describe('layouts and colours', () => {
  it.each<[ValueInfo['shape'], string, readonly number[], readonly number[]]>([
    [[1, 3, 2, 2], '', [1, 3, 2, 2], planes([0, 1, 2])],
    [['batch', 3, 'h', 'w'], '', [1, 3, 2, 2], planes([0, 1, 2])],
    [[1, 2, 2, 3], '', [1, 2, 2, 3], PIXELS.flat()],
    [[3, 2, 2], '', [3, 2, 2], planes([0, 1, 2])],
    [[2, 2, 3], '', [2, 2, 3], PIXELS.flat()],
    [['n', 3, 2, 2], 'color=bgr', [1, 3, 2, 2], planes([2, 1, 0])],
    [[2, 2, 3], 'color=bgr', [2, 2, 3], PIXELS.flatMap((pixel) => pixel.toReversed())],
    [[1, 1, 2, 2], '', [1, 1, 2, 2], GRAY],
    [[2, 2], '', [2, 2], GRAY],
    [['n', 2, 2], 'layout=nhw', [1, 2, 2], GRAY],
    [['n', 'c', 2, 2], 'layout=nchw&color=gray', [1, 1, 2, 2], GRAY],
    [[null, null, null, null], 'layout=nhwc', [1, 2, 2, 3], PIXELS.flat()],
    [[2, 2], 'invert=true', [2, 2], GRAY.map((value) => 255 - value)],
  ])('%j %s', async (declared, options, shape, values) => {
    const found = await read(png, info(declared), options);
    expect(found.shape).toEqual(shape);
    expect(found.values).toEqual(values);
  });

  it.each<[ValueInfo['shape'], string, string, string]>([
    [['n', 'c', 'h', 'w'], '', 'input-shape', '`layout=nchw` or `layout=nhwc`'],
    [[1, 3, 2, 3], '', 'input-shape', 'does not tell where the channels'],
    [['n', 2, 2], '', 'input-shape', '`layout=chw`, `layout=hwc` or `layout=nhw`'],
    [[4], '', 'input-rank', '2 to 4 dimensions'],
    [[1, 3, 2, 2], 'layout=chw', 'input-rank', '`layout=chw` has 3'],
    [[4, 3, 2, 2], '', 'input-shape', 'a batch of 4, but a picture is one'],
    [[1, 4, 2, 2], 'layout=nchw', 'input-shape', 'has 4 channels'],
    [[1, 3, 2, 2], 'color=gray', 'input-shape', 'has 3 channels'],
    [[1, 3, 2, 2], 'resize=4x4', 'input-shape', 'dimension 2'],
    [[1, 3, 2, 2], 'resize=4', 'input-unreadable', 'like `resize=640x480`'],
    [[1, 3, 2, 2], 'mean=1,2', 'input-unreadable', 'has 2 numbers'],
    [[1, 3, 2, 2], 'mean=a', 'input-unreadable', 'which is no number'],
    [[1, 3, 2, 2], 'std=0', 'input-unreadable', 'divides by zero'],
    [[1, 1, 2, 2], 'normalize=imagenet', 'input-shape', 'has 3 channels'],
    [[1, 3, 2, 2], 'scale=1/0', 'input-unreadable', 'no number'],
  ])('refuses %j %s', async (declared, options, code, words) => {
    await expect(read(png, info(declared), options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('takes the batch from `--dim`', async () => {
    await expect(read(png, info(['n', 3, 2, 2]), '', { n: 2 })).rejects.toMatchObject({
      code: 'input-shape',
    });
    expect((await read(png, info(['n', 3, 'h', 'w']), '', { h: 4, w: 6 })).shape).toEqual([1, 3, 4, 6]);
  });
});

describe('values', () => {
  it.each<[DType, string, readonly number[]]>([
    ['float64', '', [1, 0.2, 0]],
    ['float64', 'normalize=zero-one', [1, 0.2, 0]],
    ['float64', 'normalize=none', [255, 51, 0]],
    ['float64', 'normalize=minus-one-one', [1, -0.6, -1]],
    ['float64', 'normalize=imagenet', [(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225]],
    ['float64', 'normalize=imagenet&color=bgr', [-0.406 / 0.225, (0.2 - 0.456) / 0.224, (1 - 0.485) / 0.229]],
    ['float64', 'mean=0.5&std=0.25', [2, -1.2, -2]],
    ['float64', 'scale=1&mean=10,20,30', [245, 31, -30]],
    ['float64', 'scale=2', [510, 102, 0]],
    ['float64', 'invert=true', [0, 0.8, 1]],
    ['int32', '', [255, 51, 0]],
    ['int8', 'mean=128', [127, -77, -128]],
    ['uint8', '', [255, 51, 0]],
  ])('%s %s', async (dtype, options, expected) => {
    const { values } = await read(one, info([1, 3, 'h', 'w'], dtype), options);
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index]!, 12);
  });

  it('says so where values do not fit', async () => {
    await expect(read(one, info([1, 3, 'h', 'w'], 'int8'))).rejects.toMatchObject({
      code: 'input-value',
      message: expect.stringContaining('a int8 goes from -128 to 127'),
    });
    await expect(read(one, info([1, 3, 'h', 'w'], 'uint8'), 'scale=1/255')).rejects.toMatchObject({
      code: 'input-value',
    });
    await expect(read(one, info([1, 3, 'h', 'w'], 'bool'))).rejects.toMatchObject({ code: 'input-dtype' });
  });

  it('describes everything that was done', async () => {
    const { notes } = await read(png, info([1, 3, 4, 4], 'float32'), 'fit=cover&normalize=imagenet');
    expect(notes).toEqual([
      'PNG of 2x2',
      'resized to 4x4 (cover)',
      'rgb',
      'nchw',
      'normalised as for ImageNet',
    ]);
  });
});

describe('fit', () => {
  it.each([
    ['stretch', RED, BLUE, RED],
    ['cover', RED, BLUE, RED],
    ['contain', RED, BLUE, [0, 0, 0]],
  ])('%s', async (fit, left, right, top) => {
    const { values } = await read(wide, info([8, 8, 3]), `fit=${fit}`);
    const pixel = (row: number, column: number): unknown =>
      values.slice((row * 8 + column) * 3, (row * 8 + column) * 3 + 3);
    expect(pixel(4, 0)).toEqual(left);
    expect(pixel(4, 7)).toEqual(right);
    expect(pixel(0, 0)).toEqual(top);
  });
});

describe('kinds of files', () => {
  const rgb = info([2, 2, 3]);

  it('turns 16-bit, palette, gray and lossless pictures into the same 8 bits', async () => {
    for (const bytes of [
      await square.clone().toColourspace('rgb16').png().toBuffer(),
      await square.clone().png({ palette: true }).toBuffer(),
      await square.clone().webp({ lossless: true }).toBuffer(),
      await square.clone().tiff({ compression: 'none' }).toBuffer(),
      await square.clone().gif().toBuffer(),
    ]) {
      expect((await read(bytes, rgb)).values).toEqual(PIXELS.flat());
    }
    const levels = [0, 100, 200, 255];
    const gray = sharp(Uint8Array.from(levels), { raw: { width: 2, height: 2, channels: 1 } }).toColourspace(
      'b-w',
    );
    expect((await read(await gray.clone().png().toBuffer(), info([2, 2]))).values).toEqual(levels);
    expect((await read(await gray.clone().png().toBuffer(), rgb)).values).toEqual(
      levels.flatMap((level) => [level, level, level]),
    );
    expect((await read(await gray.toColourspace('grey16').png().toBuffer(), info([2, 2]))).values).toEqual(
      levels,
    );
  });

  it('keeps the colours of a CMYK JPEG recognisable', async () => {
    const bytes = await square
      .clone()
      .resize(16, 16, { kernel: 'nearest' })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const { values } = await read(bytes, info([16, 16, 3]));
    const [red, green, blue] = values as number[];
    expect(red).toBeGreaterThan(200);
    expect(green).toBeLessThan(60);
    expect(blue).toBeLessThan(60);
  });

  it('stands upright as EXIF says', async () => {
    const bytes = await sharp(Uint8Array.from([...RED, ...BLUE]), {
      raw: { width: 2, height: 1, channels: 3 },
    })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    expect((await read(bytes, info([2, 1, 3]))).values).toEqual([...RED, ...BLUE]);
    await expect(read(bytes, info(['h', 2, 3]))).rejects.toMatchObject({ code: 'input-shape' });
  });

  it('lays transparency onto white', async () => {
    const bytes = await sharp(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 255), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect((await read(bytes, info([1, 2, 3]), 'layout=hwc')).values).toEqual([...WHITE, ...RED]);
  });

  it('takes the first frame', async () => {
    const frames = sharp(Uint8Array.from([...RED, ...BLUE]), {
      raw: { width: 1, height: 2, channels: 3, pageHeight: 1 },
    });
    for (const bytes of [
      await frames.clone().gif().toBuffer(),
      await frames.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      expect((await read(bytes, info([1, 1, 3]), 'layout=hwc')).values).toEqual(RED);
    }
  });

  it.each([
    ['text', new TextEncoder().encode('this is no picture'), 'unsupported image format'],
    [
      'an SVG',
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
      'svg, is not supported',
    ],
    ['a PNG that was cut off', halfPng, 'could not be read as a picture'],
    ['a JPEG that was cut off', halfJpeg, 'premature end'],
  ])('refuses %s', async (_, bytes, words) => {
    await expect(read(bytes, rgb)).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringContaining(words),
    });
  });

  it('refuses a picture of more pixels than memory should hold', async () => {
    // A PNG of 30000x30000 pixels in its header alone.
    const header = Uint8Array.from(png);
    new DataView(header.buffer).setUint32(16, 30_000);
    new DataView(header.buffer).setUint32(20, 30_000);
    const { crc32 } = await import('node:zlib');
    new DataView(header.buffer).setUint32(29, crc32(header.subarray(12, 29)));
    await expect(read(header, info(['h', 'w', 3]))).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringContaining('pixel limit'),
    });
  });
});
