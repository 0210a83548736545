/** What the model made of pictures. */
export interface Reading {
  /** Ten for each picture, from zero to nine, one picture after the other. */
  readonly probabilities: readonly number[];
  /** Backend and device that computed it, as the server says. */
  readonly backend: string | null;
  readonly device: string | null;
}

/** The most probable digit of each picture. */
export function digitsOf({ probabilities }: Reading): readonly number[] {
  const digits: number[] = [];
  for (let at = 0; at < probabilities.length; at += 10) {
    const row = probabilities.slice(at, at + 10);
    digits.push(row.indexOf(Math.max(...row)));
  }
  return digits;
}
