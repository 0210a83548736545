/** A figure with three significant digits and no exponent, as in `0.0123`, `12.3`, `12,300`. */
export function formatFigure(figure: number): string {
  if (!Number.isFinite(figure)) return String(figure);
  if (figure === 0) return '0';
  const size = Math.abs(figure);
  if (size >= 1000) return Math.round(figure).toLocaleString('en-US');
  if (size < 0.0005) return figure.toFixed(5);
  return figure.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size))));
}
