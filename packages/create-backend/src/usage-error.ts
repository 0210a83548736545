/** Somebody asked for what cannot be done as it was asked. The message says what was asked and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
