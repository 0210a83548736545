import type { ErrorCode } from './error-codes.ts';

const MARKER: unique symbol = Symbol.for('switchyard.error') as never;

/**
 * Base of every error that Switchyard throws on purpose. The message says what was asked, what was
 * found and what to do. Recognise it with {@link SwitchyardError.isInstance}, which also works when
 * two copies of this package are loaded.
 */
export class SwitchyardError extends Error {
  readonly code: ErrorCode;
  /** What the reader can type or do; it is part of `message` too. `null` where nothing would help. */
  readonly remedy: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    details: { readonly remedy?: string | null; readonly cause?: unknown } = {},
  ) {
    const remedy = details.remedy ?? null;
    super(
      remedy === null ? message : `${message} ${remedy}`,
      'cause' in details ? { cause: details.cause } : undefined,
    );
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
    Object.defineProperty(this, MARKER, { value: classNames(new.target) });
  }

  /** Whether a value is an error of this class, whichever copy of the package made it. */
  static isInstance<Kind extends SwitchyardError>(
    this: (abstract new (...details: never[]) => Kind) & { readonly name: string },
    value: unknown,
  ): value is Kind {
    if (typeof value !== 'object' || value === null) return false;
    const names = (value as Record<symbol, unknown>)[MARKER];
    return Array.isArray(names) && names.includes(this.name);
  }
}

function classNames(constructor: { readonly name: string }): readonly string[] {
  const names: string[] = [];
  for (let type = constructor; type !== Error && type !== null; type = Object.getPrototypeOf(type))
    names.push(type.name);
  return names;
}
