/** Lines of left-aligned columns, two spaces apart, without spaces at the end. The last column is never padded. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      `${indent}${row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
        .join('  ')}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
