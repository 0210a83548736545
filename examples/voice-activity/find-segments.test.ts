import { describe, expect, it } from 'vitest';
import { drawTimeline } from './draw-timeline.ts';
import { findSegments } from './find-segments.ts';

const silence = (steps: number): number[] => Array.from({ length: steps }, () => 0.01);
const speech = (steps: number): number[] => Array.from({ length: steps }, () => 0.99);

describe('findSegments', () => {
  it('gives beginning and end of speech in seconds', () => {
    expect(findSegments([...silence(4), ...speech(8), ...silence(4)], 0.0625)).toEqual([
      { start: 0.25, end: 0.75 },
    ]);
  });

  it('does not end at a doubtful step, and does not begin at one', () => {
    const doubtful = Array.from({ length: 8 }, () => 0.4);
    expect(findSegments([...doubtful, ...speech(4), ...doubtful, ...speech(4)], 0.0625)).toEqual([
      { start: 0.5, end: 1.5 },
    ]);
  });

  it('bridges a short silence and keeps a long one', () => {
    const shortGap = findSegments([...speech(8), ...silence(1), ...speech(8)], 0.0625);
    expect(shortGap).toEqual([{ start: 0, end: 1.0625 }]);
    const longGap = findSegments([...speech(8), ...silence(2), ...speech(8)], 0.0625);
    expect(longGap).toEqual([
      { start: 0, end: 0.5 },
      { start: 0.625, end: 1.125 },
    ]);
  });

  it('drops a click, and keeps short sounds that are one word once bridged', () => {
    expect(findSegments([...silence(8), ...speech(3), ...silence(8)], 0.0625)).toEqual([]);
    expect(findSegments([...silence(8), ...speech(3), ...silence(1), ...speech(3)], 0.0625)).toEqual([
      { start: 0.5, end: 0.9375 },
    ]);
  });

  it('ends speech with the recording, and finds none in an empty one', () => {
    expect(findSegments(speech(8), 0.0625)).toEqual([{ start: 0, end: 0.5 }]);
    expect(findSegments([], 0.0625)).toEqual([]);
  });
});

describe('drawTimeline', () => {
  it('has a row for every ten seconds, darker where speech is more probable', () => {
    const rows = drawTimeline([...silence(160), ...speech(80)], 0.0625).split('\n');
    expect(rows).toEqual([`   0 s |${' '.repeat(80)}|`, `  10 s |${'█'.repeat(40)}|`]);
  });
});
