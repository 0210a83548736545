export function parseHeaderLength(
  value: string | readonly string[] | undefined,
  bodyLength: number,
): number | null {
  throw new Error(`not built yet: ${value} ${bodyLength}`);
}
