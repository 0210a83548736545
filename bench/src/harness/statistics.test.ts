import { describe, expect, it } from 'vitest';
import { leastSquares, quantile, spreadOf } from './statistics.ts';

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect(quantile([10, 20, 30, 40], 0.5)).toBe(25);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('refuses nothing at all', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('spreadOf', () => {
  it('sorts numbers as numbers', () => {
    expect(spreadOf([100, 9, 80])).toEqual({ median: 80, minimum: 9, maximum: 100, quartiles: [44.5, 90] });
  });
});

describe('leastSquares', () => {
  it('finds an exact line without error', () => {
    expect(leastSquares([0, 1, 2, 3], [5, 7, 9, 11])).toEqual({ slope: 2, slopeError: 0 });
  });

  it('says how uncertain a noisy slope is', () => {
    // By hand: slope = 1/5 * ... for x 0..3, y 0,1,0,1: Sxy 1, Sxx 5, residual sum 0.8.
    const line = leastSquares([0, 1, 2, 3], [0, 1, 0, 1]);
    expect(line.slope).toBeCloseTo(0.2, 12);
    expect(line.slopeError).toBeCloseTo(Math.sqrt(0.8 / 2 / 5), 12);
  });

  it('refuses what has no slope', () => {
    expect(() => leastSquares([1, 1, 1], [1, 2, 3])).toThrow('different places');
    expect(() => leastSquares([1, 2], [1, 2])).toThrow('3 points');
  });
});
