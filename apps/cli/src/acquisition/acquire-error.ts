const MARKER = Symbol.for('switchyard.cli.AcquireError');

/** What kept a package or a native part from being changed, with what each means. */
export const ACQUIRE_CODES = {
  'not-acquirable': 'There is no such part for this backend, version or platform.',
  'checksum-unknown': 'Nobody wrote down what the bytes have to be, and the command line did not say it.',
  'checksum-mismatch': 'The bytes are not those that were asked for. They were deleted.',
  'download-failed': 'The download ended early, stalled, was redirected in vain or was refused.',
  'disk-full': 'There is no room for the download or for what it holds.',
  'not-writable': 'The folder that it goes to, or that keeps downloads, cannot be written to.',
  'archive-unsafe': 'The archive is damaged, or holds something that must not be unpacked.',
  'destination-occupied': 'Files that this program did not put there are in the way.',
  'not-verified': 'The package manager ended well, and the backend is not there, or is there still.',
} as const;

export type AcquireCode = keyof typeof ACQUIRE_CODES;

/** A backend's package or native part could not be added, acquired or removed; nothing was left half-installed. */
export class AcquireError extends Error {
  override readonly name: string = 'AcquireError';
  readonly code: AcquireCode;
  /** What the reader can type or do; it is part of `message` too. */
  readonly remedy: string;
  /** The message without the remedy. */
  readonly problem: string;

  constructor(code: AcquireCode, message: string, remedy: string, cause?: unknown) {
    super(`${message} ${remedy}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
    this.problem = message;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether a value is an error of this class, whichever copy of the package made it. */
  static isInstance(value: unknown): value is AcquireError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}

const UNWRITABLE: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'];

/** A disk that is full or must not be written to in our words, anything else as it is. */
export function fromFileSystem(error: unknown, path: string): unknown {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  // Node says so of a folder in a place that is read-only.
  const noFolder = code === 'ENOENT' && syscall === 'mkdir';
  if (UNWRITABLE.includes(code) || noFolder) {
    return new AcquireError(
      'not-writable',
      `\`${path}\` cannot be written to (${String(code)}).`,
      'Run it as the one who may, or see `SWITCHYARD_CACHE_DIR` for the folder that keeps downloads.',
      error,
    );
  }
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AcquireError(
    'disk-full',
    `There is no room left on the disk of \`${path}\` (${code}).`,
    'Make room and run it again; nothing was installed.',
    error,
  );
}
