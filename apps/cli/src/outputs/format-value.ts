/** A value for a table: up to 6 significant digits for floats, everything else in full. */
export function formatValue(value: number | bigint | boolean | string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (
    typeof value !== 'number' ||
    (Number.isInteger(value) && Math.abs(value) < 1e15) ||
    !Number.isFinite(value)
  ) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  const short = Number(value.toPrecision(6));
  return String(short);
}

/** `64.8%`, with two digits after the point; 100.00% only where it is at least 0.99995. */
export function formatPercent(value: number): string {
  return `${(value * 100).toFixed(2)}%`;
}

/** Cuts a line to a number of columns, with `…` for what is left out. Control characters become `·`. */
export function fitWidth(line: string, width: number): string {
  // oxlint-disable-next-line no-control-regex -- an output's text must not drive the terminal
  const plain = line.replace(/[\u0000-\u001F\u007F-\u009F]/gu, '·');
  const characters = Array.from(plain);
  return characters.length <= width ? plain : `${characters.slice(0, Math.max(width - 1, 0)).join('')}…`;
}
