/** The middle of a set of figures, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
  /** 25th and 75th percentile. */
  readonly quartiles: readonly [number, number];
}

/** The value below which the share `fraction` of the sorted values lies, interpolated between neighbours. */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError('A quantile needs at least one value.');
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median, extremes and quartiles. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).toSorted();
  return {
    median: quantile(sorted, 0.5),
    minimum: quantile(sorted, 0),
    maximum: quantile(sorted, 1),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/** A straight line through points, by least squares. */
export interface Line {
  readonly slope: number;
  /** Standard error of the slope: what it would be off by when nothing but noise moved the points. */
  readonly slopeError: number;
}

/** The slope of `ys` over `xs`. */
export function leastSquares(xs: readonly number[], ys: readonly number[]): Line {
  if (xs.length !== ys.length || xs.length < 3) {
    throw new RangeError(
      `A line needs at least 3 points, but got ${xs.length} places and ${ys.length} values.`,
    );
  }
  const [middleX, middleY] = [mean(xs), mean(ys)];
  const width = xs.reduce((sum, place) => sum + (place - middleX) ** 2, 0);
  if (width === 0) throw new RangeError('A line needs points at different places.');
  const slope = xs.reduce((sum, place, index) => sum + (place - middleX) * (ys[index]! - middleY), 0) / width;
  const rest = xs.reduce(
    (sum, place, index) => sum + (ys[index]! - middleY - slope * (place - middleX)) ** 2,
    0,
  );
  return { slope, slopeError: Math.sqrt(rest / (xs.length - 2) / width) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
