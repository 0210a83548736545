const SHADES = ' ░▒▓█';
const SECONDS_PER_ROW = 10;
const COLUMNS = 80;

/**
 * A picture of the probabilities in text: a row for every ten seconds, the darker the more probable.
 *
 * @param stepSeconds how long every step is
 */
export function drawTimeline(probabilities: readonly number[], stepSeconds: number): string {
  const seconds = probabilities.length * stepSeconds;
  const rows: string[] = [];
  for (let from = 0; from < seconds; from += SECONDS_PER_ROW) {
    let cells = '';
    for (let column = 0; column < COLUMNS; column += 1) {
      const middle = from + ((column + 0.5) / COLUMNS) * SECONDS_PER_ROW;
      const probability = probabilities[Math.floor(middle / stepSeconds)];
      if (probability !== undefined)
        cells += SHADES[Math.min(SHADES.length - 1, Math.floor(probability * SHADES.length))];
    }
    rows.push(`${String(from).padStart(4)} s |${cells}|`);
  }
  return rows.join('\n');
}
