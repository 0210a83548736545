const MARKER: unique symbol = Symbol.for('switchyard.server.UsageError') as never;

/** The command line cannot be followed. The message says what was asked and what was found. */
export class ServerUsageError extends Error {
  override readonly name: string = 'ServerUsageError';
  readonly code = 'usage';
  /** What the reader can type; it is part of `message` too. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(`${message} ${remedy}`);
    this.remedy = remedy;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether a value is an error of this class, whichever copy of the package made it. */
  static isInstance(value: unknown): value is ServerUsageError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}
