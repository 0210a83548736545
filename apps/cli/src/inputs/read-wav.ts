import { makeTensor, TensorError, type DType, type Tensor, type ValueInfo } from '@switchyard/core';
import { checkShape, fitCount, resolveDims } from './fit-shape.ts';
import { readWavHeader, type WavHeader } from './wav-header.ts';

const INTEGER_BITS: Readonly<Partial<Record<DType, number>>> = { int16: 16, int32: 32, uint8: 8 };
const FLOATS: ReadonlySet<DType> = new Set(['float32', 'float64', 'float16', 'bfloat16']);

/**
 * Makes a tensor of the samples of a WAV file. Float inputs get -1 to 1; `int16`, `int32` and `uint8` inputs
 * get the PCM numbers of a file of just as many bits. Nothing is resampled: `rate` only says which rate the
 * model expects. Throws a `TensorError`.
 */
export async function readWav(
  bytes: Uint8Array,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
  source: string,
): Promise<{ readonly tensor: Tensor; readonly notes: readonly string[] }> {
  const { name, dtype } = valueInfo;
  const header = readWavHeader(bytes, name, source);
  checkEncoding(header, valueInfo, source);
  checkRate(header, options.get('rate'), name, source);
  const channels = await decode(bytes, header, valueInfo, source);
  const { samples, words } = chooseChannel(channels, options.get('channel'), FLOATS.has(dtype), name, source);
  const slice = cut(samples, header.rate, options, name, source);
  const shape = fitSamples(valueInfo, dims, slice.length, source);
  const notes = [
    `WAV, ${header.rate} Hz, ${header.encoding} ${header.bits} bits`,
    words,
    `${slice.length} samples${slice.length === samples.length ? '' : ` of ${samples.length}`}`,
    FLOATS.has(dtype) ? 'values -1 to 1' : 'PCM values',
  ];
  return { tensor: makeTensor(dtype, shape, slice), notes };
}

function checkEncoding(header: WavHeader, { name, dtype }: ValueInfo, source: string): void {
  if (FLOATS.has(dtype)) return;
  const bits = INTEGER_BITS[dtype];
  if (bits === header.bits && header.encoding === 'pcm') return;
  throw new TensorError(
    'input-dtype',
    `The input \`${name}\` is ${dtype}, but ${source} holds ${header.encoding} samples of ${header.bits} bits.`,
    {
      tensor: name,
      remedy:
        bits === undefined
          ? 'Sound fills float, `int16`, `int32` and `uint8` inputs.'
          : `Convert it, for instance with \`ffmpeg -i IN -c:a ${bits === 8 ? 'pcm_u8' : `pcm_s${bits}le`} OUT.wav\`.`,
    },
  );
}

function checkRate(header: WavHeader, said: string | undefined, tensor: string, source: string): void {
  if (said === undefined || Number(said) === header.rate) return;
  if (!/^[1-9]\d*$/u.test(said)) {
    throw new TensorError('input-unreadable', `\`rate=${said}\` is no number of samples per second.`, {
      tensor,
      remedy: 'Write a whole number, like `rate=16000`.',
    });
  }
  throw new TensorError(
    'input-value',
    `${source} has ${header.rate} samples per second, but \`rate=${said}\` was asked for, and nothing is resampled.`,
    { tensor, remedy: `Convert it, for instance with \`ffmpeg -i IN -ar ${said} OUT.wav\`.` },
  );
}

async function decode(
  bytes: Uint8Array,
  header: WavHeader,
  { name, dtype }: ValueInfo,
  source: string,
): Promise<readonly Float64Array[]> {
  const { default: wavefile } = await import('wavefile');
  // The library takes every extensible file for whole numbers, so the plain code is put in its place.
  const plain = new Uint8Array(bytes);
  const view = new DataView(plain.buffer);
  view.setUint16(header.codeAt, header.code, true);
  view.setUint32(header.sizeAt, header.size, true);
  let channels: readonly Float64Array[];
  try {
    const wave = new wavefile.WaveFile(plain);
    if (header.encoding === 'a-law') wave.fromALaw('16');
    if (header.encoding === 'mu-law') wave.fromMuLaw('16');
    const found = wave.getSamples(false, Float64Array) as Float64Array | readonly Float64Array[];
    channels = found instanceof Float64Array ? [found] : found;
  } catch (error) {
    throw new TensorError(
      'input-unreadable',
      `${source} for the input \`${name}\` could not be read as sound: ${(error as Error).message.replace(/\.$/u, '')}.`,
      {
        tensor: name,
        remedy: 'Convert it, for instance with `ffmpeg -i IN -c:a pcm_s16le OUT.wav`.',
        cause: error,
      },
    );
  }
  if (!FLOATS.has(dtype) || header.encoding === 'float') return channels;
  const bits = header.encoding === 'pcm' ? header.bits : 16;
  const full = 2 ** (bits - 1);
  // WAV keeps 8 bits unsigned around 128, and everything wider signed.
  const zero = bits === 8 ? 128 : 0;
  return channels.map((samples) => samples.map((sample) => (sample - zero) / full));
}

function chooseChannel(
  channels: readonly Float64Array[],
  said: string | undefined,
  float: boolean,
  tensor: string,
  source: string,
): { readonly samples: Float64Array; readonly words: string } {
  const count = channels.length;
  if (count === 1 && (said === undefined || said === 'mix')) return { samples: channels[0]!, words: 'mono' };
  if (said === undefined || said === 'mix') {
    const mixed = channels[0]!.map((_, index) => {
      const mean = channels.reduce((sum, channel) => sum + channel[index]!, 0) / count;
      return float ? mean : Math.round(mean);
    });
    return { samples: mixed, words: `mean of ${count} channels` };
  }
  const index = said === 'left' ? 0 : said === 'right' ? 1 : Number(said);
  const samples = channels[index];
  if (samples !== undefined) return { samples, words: `channel ${index} of ${count}` };
  throw new TensorError(
    'input-value',
    `${source} has ${count} ${count === 1 ? 'channel' : 'channels'}, so there is no \`channel=${said}\`.`,
    {
      tensor,
      remedy: 'Channels are counted from 0; `channel=mix` takes the mean of all.',
    },
  );
}

function cut(
  samples: Float64Array,
  rate: number,
  options: ReadonlyMap<string, string>,
  tensor: string,
  source: string,
): Float64Array {
  const [start, duration] = ['start', 'duration'].map((key) => {
    const text = options.get(key);
    if (text === undefined) return null;
    if (/^\d+(?:\.\d+)?$/u.test(text)) return Math.round(Number(text) * rate);
    throw new TensorError('input-unreadable', `\`${key}=${text}\` is no number of seconds.`, {
      tensor,
      remedy: `Write seconds, like \`${key}=1.5\`.`,
    });
  });
  const from = start ?? 0;
  const to = from + (duration ?? Math.max(samples.length - from, 1));
  if (to <= samples.length && to > from) return samples.subarray(from, to);
  throw new TensorError(
    'input-value',
    `${source} has ${samples.length} samples (${samples.length / rate} s), but samples ${from} to ${to} were asked for.`,
    { tensor, remedy: 'Change `start` and `duration`.' },
  );
}

/** The last free dimension takes the samples; free ones before it are 1, because a file is one recording. */
function fitSamples(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  count: number,
  source: string,
): readonly number[] {
  const sizes = resolveDims(valueInfo, dims);
  const last = sizes.lastIndexOf(null);
  if (last === -1) return fitCount(valueInfo, dims, count, source).shape;
  const others = sizes.map((size, axis) => (axis === last ? null : (size ?? 1)));
  const { shape } = fitCount({ ...valueInfo, shape: others }, dims, count, source);
  checkShape(valueInfo, dims, shape, source);
  return shape;
}
