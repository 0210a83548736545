/** Milliseconds of `performance.now()` as whole nanoseconds. */
export function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
}
