/** The backend is at fault: what was expected and what was found, in sentences. */
export class ConformanceFailure extends Error {
  override readonly name: string = 'ConformanceFailure';
}

/** Fails the case unless `holds`; `found` says what was expected and what was found, with a full stop. */
export function expectThat(holds: boolean, found: string | (() => string)): asserts holds {
  if (!holds) throw new ConformanceFailure(typeof found === 'string' ? found : found());
}

/** A value in one line for a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? `${member}n` : member,
  );
  const line = text ?? String(value);
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
