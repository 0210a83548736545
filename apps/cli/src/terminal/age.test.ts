import { describe, expect, it } from 'vitest';
import { ageText, withAges } from './age.ts';

describe('an age', () => {
  it.each([
    [-5000, 'just now'],
    [999, 'just now'],
    [1000, '1 second ago'],
    [59_999, '59 seconds ago'],
    [120_000, '2 minutes ago'],
    [3_600_000, '1 hour ago'],
    [90_000_000, '1 day ago'],
    [30 * 86_400_000, '30 days ago'],
  ])('of %i ms is %s', (milliseconds, text) => {
    expect(ageText(milliseconds)).toBe(text);
  });

  it('stands beside every time in brackets, and nowhere else', () => {
    const now = Date.parse('2026-11-22T10:02:00.000Z');
    const text = 'probe: worked (2026-11-22T10:00:00.000Z): it ran at 2026-11-22T10:00:00.000Z (once)';
    expect(withAges(text, now)).toBe(
      'probe: worked (2026-11-22T10:00:00.000Z, 2 minutes ago): it ran at 2026-11-22T10:00:00.000Z (once)',
    );
  });
});
