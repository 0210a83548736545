/** What the engine said, as one line that ends with a full stop. */
export function engineSentence(thrown: unknown): string {
  // A C++ exception that reaches JavaScript is the bare address of its object.
  if (typeof thrown === 'number') {
    return `It threw an exception without a text (address ${thrown}).`;
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const said = /ERROR_MESSAGE: (.*)$/s.exec(text)?.[1] ?? text;
  const line = said.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return 'The engine gave no text.';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
