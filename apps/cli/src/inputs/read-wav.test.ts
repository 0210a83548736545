import { tensorValues, type DType, type ValueInfo } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { parseInputArgument } from './parse-input-argument.ts';
import { readWav } from './read-wav.ts';

const { default: wavefile } = await import('wavefile');

function wav(depth: string, samples: readonly (readonly number[])[], rate = 8000): Uint8Array {
  const file = new wavefile.WaveFile();
  file.fromScratch(samples.length, rate, depth, samples as never);
  return file.toBuffer();
}

const info = (shape: ValueInfo['shape'], dtype: DType = 'float64'): ValueInfo => ({
  name: 'x',
  dtype,
  shape,
});

async function read(
  bytes: Uint8Array,
  valueInfo: ValueInfo,
  options = '',
  dims: Record<string, number> = {},
): Promise<{ shape: readonly number[]; values: readonly unknown[]; notes: readonly string[] }> {
  const spec = parseInputArgument(options === '' ? 's.wav' : `s.wav?${options}`);
  const { tensor, notes } = await readWav(
    bytes,
    valueInfo,
    new Map(Object.entries(dims)),
    spec.options,
    '`s.wav`',
  );
  return { shape: tensor.shape, values: tensorValues(tensor), notes };
}

function extensible(subFormat: number, depth: string, samples: readonly number[]): Uint8Array {
  const plain = wav(depth, [samples]);
  const data = plain.subarray(Buffer.from(plain).indexOf('data'));
  const bytes = Buffer.alloc(60 + data.length);
  bytes.set(plain.subarray(0, 36));
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.writeUInt32LE(40, 16);
  bytes.writeUInt16LE(0xfffe, 20);
  bytes.writeUInt16LE(22, 36);
  bytes.writeUInt16LE(plain[34]!, 38);
  bytes.writeUInt16LE(subFormat, 44);
  bytes.set(Buffer.from('000000001000800000aa00389b71', 'hex'), 46);
  bytes.set(data, 60);
  return bytes;
}

describe('encodings', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['8', [0, 128, 255], [-1, 0, 127 / 128]],
    ['16', [-32768, 0, 16384], [-1, 0, 0.5]],
    ['24', [-8388608, 0, 4194304], [-1, 0, 0.5]],
    ['32', [-2147483648, 0, 1073741824], [-1, 0, 0.5]],
    ['32f', [-1, 0, 0.5], [-1, 0, 0.5]],
    ['64', [-1, 0, 0.1], [-1, 0, 0.1]],
  ])('%s bits', async (depth, samples, expected) => {
    expect((await read(wav(depth, [samples]), info(['n']))).values).toEqual(expected);
  });

  it('reads WAVE_FORMAT_EXTENSIBLE, and does not take its float for PCM', async () => {
    expect((await read(extensible(1, '24', [4194304, -8388608]), info(['n']))).values).toEqual([0.5, -1]);
    expect((await read(extensible(1, '32', [1073741824, -1]), info(['n']))).values).toEqual([
      0.5,
      -1 / 2 ** 31,
    ]);
    expect((await read(extensible(3, '32f', [0.5, -1]), info(['n']))).values).toEqual([0.5, -1]);
  });

  it.each([
    ['8a', 'a-law'],
    ['8m', 'mu-law'],
  ])('%s keeps the shape of a wave', async (depth, name) => {
    const file = new wavefile.WaveFile(wav('16', [[0, 8000, -8000, 30000]]));
    if (depth === '8a') file.toALaw();
    else file.toMuLaw();
    const { values, notes } = await read(file.toBuffer(), info(['n']));
    for (const [index, sample] of [0, 8000, -8000, 30000].entries())
      expect(Math.abs((values[index] as number) * 32768 - sample)).toBeLessThan(600);
    expect(notes[0]).toBe(`WAV, 8000 Hz, ${name} 8 bits`);
  });

  it('gives integers to inputs of the same width, and to no others', async () => {
    expect((await read(wav('16', [[-32768, 5, 32767]]), info([3], 'int16'))).values).toEqual([
      -32768, 5, 32767,
    ]);
    expect((await read(wav('8', [[0, 5, 255]]), info([3], 'uint8'))).values).toEqual([0, 5, 255]);
    await expect(read(wav('24', [[1]]), info([1], 'int16'))).rejects.toMatchObject({
      code: 'input-dtype',
      message: expect.stringContaining('pcm_s16le'),
    });
    await expect(read(wav('16', [[1]]), info([1], 'string'))).rejects.toMatchObject({ code: 'input-dtype' });
  });
});

function unsized(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(wav('16', [samples]));
  new DataView(bytes.buffer).setUint32(4, 0xffffffff, true);
  new DataView(bytes.buffer).setUint32(40, 0xffffffff, true);
  return bytes;
}

describe('streams', () => {
  it('reads to the end where the writer could not know the size', async () => {
    expect((await read(unsized([1, -2, 3]), info(['n'], 'int16'))).values).toEqual([1, -2, 3]);
  });

  it('notices half a sample at the end', async () => {
    const bytes = unsized([1, -2, 3]);
    await expect(read(bytes.subarray(0, -1), info(['n']))).rejects.toThrow(
      '5 bytes are no whole number of samples',
    );
  });
});

describe('shapes', () => {
  it.each<[ValueInfo['shape'], readonly number[]]>([
    [['n'], [3]],
    [[3], [3]],
    [
      ['batch', 'n'],
      [1, 3],
    ],
    [
      ['batch', 1, null],
      [1, 1, 3],
    ],
    [
      ['batch', 3],
      [1, 3],
    ],
    [
      [1, 'n', 1],
      [1, 3, 1],
    ],
  ])('%j', async (declared, shape) => {
    expect((await read(wav('16', [[1, 2, 3]]), info(declared))).shape).toEqual(shape);
  });

  it('refuses a recording of another length', async () => {
    await expect(read(wav('16', [[1, 2, 3]]), info([1, 4]))).rejects.toMatchObject({ code: 'input-shape' });
    await expect(read(wav('16', [[1, 2, 3]]), info(['b', 'n']), '', { b: 2 })).rejects.toMatchObject({
      code: 'input-shape',
    });
  });
});

describe('channels, rate and time', () => {
  const stereo = wav('16', [
    [100, 200, 300, 400],
    [300, 400, 500, 601],
  ]);

  it.each([
    ['', [200, 300, 400, 501]],
    ['channel=mix', [200, 300, 400, 501]],
    ['channel=left', [100, 200, 300, 400]],
    ['channel=right', [300, 400, 500, 601]],
    ['channel=1', [300, 400, 500, 601]],
  ])('%s', async (options, expected) => {
    expect((await read(stereo, info([4], 'int16'), options)).values).toEqual(expected);
  });

  it('cuts by time', async () => {
    const long = wav('16', [Array.from({ length: 8 }, (_, index) => index)], 4);
    expect((await read(long, info(['n'], 'int16'), 'start=0.5&duration=1')).values).toEqual([2, 3, 4, 5]);
    expect((await read(long, info(['n'], 'int16'), 'start=1.5')).values).toEqual([6, 7]);
    for (const options of ['start=2', 'duration=3', 'start=1.5&duration=1', 'duration=0'])
      await expect(read(long, info(['n'], 'int16'), options)).rejects.toMatchObject({ code: 'input-value' });
  });

  it.each([
    ['rate=16000', 'input-value', '8000 samples per second, but `rate=16000`'],
    ['rate=fast', 'input-unreadable', 'like `rate=16000`'],
    ['channel=2', 'input-value', 'has 2 channels, so there is no `channel=2`'],
    ['start=-1', 'input-unreadable', 'no number of seconds'],
  ])('refuses %s', async (options, code, words) => {
    await expect(read(stereo, info(['n']), options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('describes what was read', async () => {
    expect((await read(stereo, info(['n']), 'rate=8000&duration=0.00025')).notes).toEqual([
      'WAV, 8000 Hz, pcm 16 bits',
      'mean of 2 channels',
      '2 samples of 4',
      'values -1 to 1',
    ]);
  });
});

describe('what is not read', () => {
  const good = wav('16', [[1, 2, 3, 4]]);

  it.each([
    ['MP3 in a WAV file', good.with(20, 0x55), 'holds MP3'],
    ['an unknown encoding', good.with(20, 0x99), 'encoding 0x99'],
    ['12 bits', good.with(34, 12), 'pcm samples of 12 bits'],
    ['no channels', good.with(22, 0), '0 channels'],
    ['a file that was cut off', good.subarray(0, good.length - 2), 'says 8 bytes of samples, but 6 follow'],
    ['a file that ends in its header', good.subarray(0, 30), 'no description or no samples'],
    ['text', new TextEncoder().encode('hello, this is not sound at all'), 'does not begin as one'],
    ['RIFX', good.with(3, 0x58), 'is a RIFX file'],
    ['no samples', wav('16', [[]]), 'has no samples'],
  ])('%s', async (_, bytes, words) => {
    await expect(read(bytes, info(['n']))).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringContaining(words),
    });
  });
});
