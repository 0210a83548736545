const MARKER = Symbol.for('switchyard.cli.UsageError');

/** The command line cannot be followed. The message says what was asked and what was found. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  readonly code = 'usage';
  /** What the reader can type; it is part of `message` too. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(`${message} ${remedy}`);
    this.remedy = remedy;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether a value is an error of this class, whichever copy of the package made it. */
  static isInstance(value: unknown): value is UsageError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}
