import { describe, expect, it } from 'vitest';
import { retryDelay, retryPolicy } from './retry.ts';

describe('retryDelay', () => {
  const policy = retryPolicy({ backoffMs: 100, maxBackoffMs: 1000 }, {});

  it('doubles, half of it chance, up to the most', () => {
    expect([0, 1, 2, 3, 4, 40].map((retry) => retryDelay(retry, null, policy, 1))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect([0, 1, 40].map((retry) => retryDelay(retry, null, policy, 0))).toEqual([50, 100, 500]);
  });

  it('is never shorter than the server asks for, and is none when that is more than the most', () => {
    expect(retryDelay(0, 0.5, policy, 0)).toBe(550);
    expect(retryDelay(0, 1, policy, 1)).toBe(1100);
    expect(retryDelay(0, 1.1, policy, 0)).toBeNull();
  });
});

describe('retryPolicy', () => {
  it("has the call's word first, then the client's, then the default", () => {
    expect(retryPolicy({}, {})).toEqual({ retries: 2, backoffMs: 100, maxBackoffMs: 30_000 });
    expect(retryPolicy({ retries: 5 }, {}).retries).toBe(5);
    expect(retryPolicy({ retries: 5 }, { retries: 0 }).retries).toBe(0);
  });
});
