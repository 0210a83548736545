import { makeTensor, tensorValues, type Tensor, type Tensors } from '@switchyard/core';
import { SAMPLE_RATE } from './read-speech.ts';

/** Samples that every step takes: 32 milliseconds. */
export const STEP_SAMPLES = 512;
/** Samples of the step before that the model sees again, in front of the new ones. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128] as const;

/** What the detector needs of an open session. */
export interface DetectorSession {
  run(feeds: Tensors): Promise<Tensors>;
}

/** Listens to one recording, step by step. The model's memory lives here, not in the session. */
export interface VoiceDetector {
  /**
   * The probability, 0 to 1, that the step holds speech.
   *
   * @param samples {@link STEP_SAMPLES} of them, from -1 to 1, following those of the call before
   */
  hear(samples: Float32Array): Promise<number>;
}

/** A detector at the beginning of a recording. Several can share a session. */
export function createVoiceDetector(session: DetectorSession): VoiceDetector {
  const window = new Float32Array(CONTEXT_SAMPLES + STEP_SAMPLES);
  const rate = makeTensor('int64', [], [BigInt(SAMPLE_RATE)]);
  let state: Tensor = makeTensor('float32', STATE_SHAPE, new Float32Array(2 * 128));
  return {
    hear: async (samples) => {
      window.copyWithin(0, STEP_SAMPLES);
      window.set(samples, CONTEXT_SAMPLES);
      const outputs = await session.run({
        input: makeTensor('float32', [1, window.length], window),
        state,
        sr: rate,
      });
      const { output, stateN } = outputs;
      if (output === undefined || stateN === undefined) {
        const names = Object.keys(outputs).join(', ');
        throw new TypeError(`The model gives ${names}, but a Silero voice model gives output and stateN.`);
      }
      state = stateN;
      return Number(tensorValues(output)[0]);
    },
  };
}

/** The probability of every whole step of a recording. A rest shorter than a step is left out. */
export async function speechProbabilities(
  session: DetectorSession,
  samples: Float32Array,
): Promise<readonly number[]> {
  const detector = createVoiceDetector(session);
  const probabilities: number[] = [];
  for (let start = 0; start + STEP_SAMPLES <= samples.length; start += STEP_SAMPLES)
    probabilities.push(await detector.hear(samples.subarray(start, start + STEP_SAMPLES)));
  return probabilities;
}
