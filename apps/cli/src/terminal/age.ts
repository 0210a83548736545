const UNITS: readonly (readonly [name: string, milliseconds: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** How long ago something was, for people: `2 minutes ago`, `just now`. */
export function ageText(milliseconds: number): string {
  for (const [name, length] of UNITS) {
    const count = Math.floor(milliseconds / length);
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}

/** Puts the age beside every time in brackets, as in `(2026-11-22T10:00:00.000Z, 2 minutes ago)`. */
export function withAges(text: string, now: number): string {
  return text.replaceAll(/\((\d{4}-\d\d-\d\dT[\d:.]+Z)\)/g, (all, when: string) => {
    const then = Date.parse(when);
    return Number.isNaN(then) ? all : `(${when}, ${ageText(now - then)})`;
  });
}
