/** A stretch of time; the unit is the caller's. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** How long at least one of the intervals lasts. */
export function unionLength(intervals: readonly Interval[]): number {
  let length = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const { start, end } of intervals.toSorted((left, right) => left.start - right.start)) {
    length += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  return length;
}

/** What is left of an interval when parts of it are taken out. */
export function withoutParts(whole: Interval, parts: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let from = whole.start;
  for (const { start, end } of parts.toSorted((one, other) => one.start - other.start)) {
    if (start > from) left.push({ start: from, end: Math.min(start, whole.end) });
    from = Math.max(from, end);
  }
  if (from < whole.end) left.push({ start: from, end: whole.end });
  return left;
}
