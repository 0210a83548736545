import { TensorError } from '@switchyard/core';

/** How the samples of a WAV file are encoded. */
export interface WavHeader {
  readonly encoding: 'pcm' | 'float' | 'a-law' | 'mu-law';
  readonly channels: number;
  /** Samples per second. */
  readonly rate: number;
  readonly bits: number;
  /** Number of the encoding, looked up in the sub-format where the file is extensible. */
  readonly code: number;
  /** Position of the two bytes that say the encoding. */
  readonly codeAt: number;
  /** Position of the four bytes that say the size of the samples. */
  readonly sizeAt: number;
  /** Bytes of samples. */
  readonly size: number;
}

type WavFormat = Omit<WavHeader, 'sizeAt' | 'size'>;

const UNKNOWN_SIZE = 0xffffffff;

const ENCODINGS: ReadonlyMap<number, WavHeader['encoding']> = new Map([
  [1, 'pcm'],
  [3, 'float'],
  [6, 'a-law'],
  [7, 'mu-law'],
]);
const OTHERS: ReadonlyMap<number, string> = new Map([
  [0x02, 'Microsoft ADPCM'],
  [0x11, 'IMA ADPCM'],
  [0x31, 'GSM'],
  [0x55, 'MP3'],
  [0xff, 'AAC'],
  [0x161, 'Windows Media Audio'],
]);

/**
 * Looks at the chunks of a RIFF WAVE file before anything decodes it: the library that decodes takes
 * every encoding for PCM and a file that was cut off for a shorter one. Throws a `TensorError`.
 */
export function readWavHeader(bytes: Uint8Array, tensor: string, source: string): WavHeader {
  const fail = (why: string, remedy: string): never => {
    throw new TensorError('input-unreadable', `${source} for the input \`${tensor}\` ${why}.`, {
      tensor,
      remedy,
    });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): string => String.fromCodePoint(...bytes.subarray(at, at + 4));
  if (word(0) === 'RIFX' || word(0) === 'RF64') {
    fail(`is a ${word(0)} file, which is not read`, remedyFor('pcm_s16le'));
  }
  if (bytes.byteLength < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE') {
    fail(
      'is not a WAV file: it does not begin as one',
      'Say what it is with `?format=`, or convert it to WAV.',
    );
  }
  let format: WavFormat | null = null;
  for (let at = 12; at + 8 <= bytes.byteLength;) {
    const size = view.getUint32(at + 4, true);
    const left = bytes.byteLength - at - 8;
    if (word(at) === 'fmt ' && size >= 16 && size <= left) format = readFormat(view, at + 8, size, fail);
    if (word(at) === 'data') {
      if (format === null) break;
      // What writes into a pipe, as ffmpeg does, cannot go back to fill in the size.
      const samples = size === UNKNOWN_SIZE ? left : size;
      if (samples > left) {
        fail(`was cut off: it says ${size} bytes of samples, but ${left} follow`, remedyFor('pcm_s16le'));
      }
      if (samples === 0) fail('has no samples', 'Check how it was recorded.');
      const block = format.channels * (format.bits / 8);
      if (samples % block !== 0) {
        fail(
          `was cut off: ${samples} bytes are no whole number of samples of ${block} bytes`,
          remedyFor('pcm_s16le'),
        );
      }
      return { ...format, sizeAt: at + 4, size: samples };
    }
    at += 8 + size + (size % 2);
  }
  return fail('is a damaged WAV file: it has no description or no samples', remedyFor('pcm_s16le'));
}

function readFormat(
  view: DataView,
  at: number,
  size: number,
  fail: (why: string, remedy: string) => never,
): WavFormat {
  const tag = view.getUint16(at, true);
  // WAVE_FORMAT_EXTENSIBLE: the first two bytes of the sub-format are the tag.
  const code = tag === 0xfffe && size >= 40 ? view.getUint16(at + 24, true) : tag;
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const encoding = ENCODINGS.get(code);
  if (encoding === undefined) {
    const name = OTHERS.get(code) ?? `encoding 0x${code.toString(16)}`;
    return fail(`holds ${name}, which is not read; PCM, float, A-law and mu-law are`, remedyFor('pcm_s16le'));
  }
  const allowed = { pcm: [8, 16, 24, 32], float: [32, 64], 'a-law': [8], 'mu-law': [8] }[encoding];
  if (!allowed.includes(bits)) {
    return fail(
      `holds ${encoding} samples of ${bits} bits; ${allowed.join(', ')} are read`,
      remedyFor('pcm_s16le'),
    );
  }
  if (channels === 0 || rate === 0)
    return fail(`says ${channels} channels at ${rate} Hz`, remedyFor('pcm_s16le'));
  return { encoding, channels, rate, bits, code, codeAt: at };
}

function remedyFor(codec: string): string {
  return `Convert it, for instance with \`ffmpeg -i IN -c:a ${codec} OUT.wav\`.`;
}
