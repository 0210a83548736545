import { readFile } from 'node:fs/promises';
// oxlint-disable-next-line import/default -- Node reads the CommonJS entry, whose exports are the default.
import wavefile from 'wavefile';

/** Samples per second that the model is for. */
export const SAMPLE_RATE = 16_000;

/**
 * Reads a WAV file of 16 kHz, one channel and 16 bits into samples from -1 to 1 (PCM through 32,768).
 *
 * @throws RangeError for a file of another kind: resampling and mixing are not this program's business.
 */
export async function readSpeech(path: string): Promise<Float32Array> {
  const wav = new wavefile.WaveFile(await readFile(path));
  const format = wav.fmt as { readonly numChannels: number; readonly sampleRate: number };
  if (format.sampleRate !== SAMPLE_RATE || format.numChannels !== 1 || wav.bitDepth !== '16') {
    throw new RangeError(
      `\`${path}\` has ${format.sampleRate} samples per second, ${format.numChannels} channel(s) and ` +
        `${wav.bitDepth} bits, but the model wants 16000, 1 and 16. Convert it first.`,
    );
  }
  return Float32Array.from(wav.getSamples(false), (sample) => sample / 32_768);
}
