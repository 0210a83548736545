/** Every way in which a model file, or a file that it refers to, cannot be used. A closed list. */
export type OnnxFileErrorCode =
  | 'model-not-found'
  | 'model-is-directory'
  | 'model-empty'
  | 'model-not-onnx'
  | 'model-truncated'
  | 'model-unreadable'
  | 'external-data-missing'
  | 'external-data-outside';

/** What an {@link OnnxFileError} is made from. */
export interface OnnxFileErrorInit {
  readonly code: OnnxFileErrorCode;
  readonly path: string;
  readonly message: string;
  readonly byteOffset?: number | undefined;
  readonly looksLike?: string | undefined;
  readonly location?: string | undefined;
  readonly cause?: unknown;
}

const MARKER = Symbol.for('switchyard.onnx.OnnxFileError');

/**
 * A model file cannot be read, or is no ONNX model, or lacks a file that it refers to. The message says what was
 * asked, what was found and what to do; `code` is for programs.
 */
export class OnnxFileError extends Error {
  override readonly name: string = 'OnnxFileError';
  readonly code: OnnxFileErrorCode;
  /** The model file, as the caller named it. */
  readonly path: string;
  /** (optional) Byte of the file at which reading stopped. Default: undefined, when no byte is to blame. */
  readonly byteOffset: number | undefined;
  /** (optional) What the file looks like instead of ONNX, such as `PNG image`. Default: undefined. */
  readonly looksLike: string | undefined;
  /** (optional) The external data location at fault, as the model writes it. Default: undefined. */
  readonly location: string | undefined;

  constructor(init: OnnxFileErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.path = init.path;
    this.byteOffset = init.byteOffset;
    this.looksLike = init.looksLike;
    this.location = init.location;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** True for an error of this class, also when it comes from another copy of this package. */
  static isInstance(value: unknown): value is OnnxFileError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}
