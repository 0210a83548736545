/** What the engine said, as one line that ends with a full stop. */
export function engineSentence(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return 'The engine gave no text.';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
