const MARKER: unique symbol = Symbol.for('switchyard.open-inference.error') as never;

/** What can go wrong. */
export type Problem =
  | 'invalid-argument'
  | 'already-exists'
  | 'unauthenticated'
  | 'permission-denied'
  | 'not-found'
  | 'method-not-allowed'
  | 'body-timeout'
  | 'too-large'
  | 'uri-too-long'
  | 'unsupported-encoding'
  | 'rate-limited'
  | 'headers-too-large'
  | 'internal'
  | 'unsupported'
  | 'unavailable'
  | 'exhausted'
  | 'deadline'
  | 'cancelled';

/** What went wrong, with its status in HTTP and in gRPC. */
export const PROBLEMS: Readonly<Record<Problem, { readonly http: number; readonly grpc: number }>> = {
  'invalid-argument': { http: 400, grpc: 3 },
  'already-exists': { http: 400, grpc: 6 },
  unauthenticated: { http: 401, grpc: 16 },
  'permission-denied': { http: 403, grpc: 7 },
  'not-found': { http: 404, grpc: 5 },
  'method-not-allowed': { http: 405, grpc: 12 },
  'body-timeout': { http: 408, grpc: 4 },
  'too-large': { http: 413, grpc: 8 },
  'uri-too-long': { http: 414, grpc: 3 },
  'unsupported-encoding': { http: 415, grpc: 12 },
  'rate-limited': { http: 429, grpc: 8 },
  'headers-too-large': { http: 431, grpc: 8 },
  internal: { http: 500, grpc: 13 },
  unsupported: { http: 501, grpc: 12 },
  unavailable: { http: 503, grpc: 14 },
  exhausted: { http: 503, grpc: 8 },
  deadline: { http: 504, grpc: 4 },
  /** Nobody is there to read an answer; in HTTP the connection is gone. */
  cancelled: { http: 400, grpc: 1 },
};

/** A refusal of a request in the terms of the protocol. The message is the text that a client reads. */
export class ProtocolError extends Error {
  readonly problem: Problem;
  /** (optional) Seconds after which it is worth asking again; `null` where nothing is known. */
  readonly retryAfterSeconds: number | null;

  constructor(
    problem: Problem,
    message: string,
    details: { readonly retryAfterSeconds?: number; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'ProtocolError';
    this.problem = problem;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** The status of HTTP. */
  get httpStatus(): number {
    return PROBLEMS[this.problem].http;
  }

  /** The status code of gRPC. */
  get grpcStatus(): number {
    return PROBLEMS[this.problem].grpc;
  }

  /** Whether a value is such an error, whichever copy of this package made it. */
  static isInstance(value: unknown): value is ProtocolError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}
