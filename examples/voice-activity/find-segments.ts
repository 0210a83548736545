/** A stretch of speech, in seconds from the beginning of the recording. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Speech begins at a step that is more probable than this. */
export const SPEECH_BEGINS = 0.5;
/** Speech goes on until a step that is less probable than this, so that one doubtful step does not cut a word. */
const SPEECH_ENDS = 0.35;
/** A silence shorter than this, in seconds, belongs to the speech round it. */
const SHORTEST_SILENCE = 0.1;
/** Speech shorter than this, in seconds, after silences were bridged, is dropped: a click, not a word. */
const SHORTEST_SPEECH = 0.25;

/**
 * Turns the probabilities of steps into stretches of speech, in order and apart from each other.
 *
 * @param stepSeconds how long every step is
 */
export function findSegments(probabilities: readonly number[], stepSeconds: number): readonly Segment[] {
  const runs: { start: number; end: number }[] = [];
  let open: { start: number; end: number } | null = null;
  for (const [step, probability] of probabilities.entries()) {
    if (open === null) {
      if (probability <= SPEECH_BEGINS) continue;
      open = { start: step * stepSeconds, end: 0 };
      const before = runs.at(-1);
      if (before !== undefined && open.start - before.end < SHORTEST_SILENCE) open = runs.pop()!;
    } else if (probability < SPEECH_ENDS) {
      runs.push({ start: open.start, end: step * stepSeconds });
      open = null;
    }
  }
  if (open !== null) runs.push({ start: open.start, end: probabilities.length * stepSeconds });
  return runs.filter(({ start, end }) => end - start >= SHORTEST_SPEECH);
}
