import { ProtocolError, type Problem } from '../protocol-error.ts';

/** A call that failed. The message is the server's own text where there is one. */
export class InferenceClientError extends ProtocolError {
  readonly protocol: 'rest' | 'grpc';
  /** Status of HTTP or gRPC that the server gave; `null` where it gave none. */
  readonly status: number | null;
  /** Whether the server cannot have run the request, so that making it again is safe. */
  readonly notExecuted: boolean;

  constructor(
    problem: Problem,
    message: string,
    details: {
      readonly protocol: 'rest' | 'grpc';
      readonly status: number | null;
      readonly notExecuted: boolean;
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    },
  ) {
    super(problem, message, details);
    this.name = 'InferenceClientError';
    this.protocol = details.protocol;
    this.status = details.status;
    this.notExecuted = details.notExecuted;
  }
}

const BY_HTTP: Readonly<Record<number, Problem>> = {
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'body-timeout',
  413: 'too-large',
  414: 'uri-too-long',
  415: 'unsupported-encoding',
  429: 'rate-limited',
  431: 'headers-too-large',
  501: 'unsupported',
  503: 'unavailable',
  504: 'deadline',
};

/** What a status of HTTP that is not a success means. */
export function problemOfHttp(status: number): Problem {
  return BY_HTTP[status] ?? (status >= 400 && status < 500 ? 'invalid-argument' : 'internal');
}

const BY_GRPC: Readonly<Record<number, Problem>> = {
  1: 'cancelled',
  3: 'invalid-argument',
  4: 'deadline',
  5: 'not-found',
  6: 'already-exists',
  7: 'permission-denied',
  8: 'exhausted',
  9: 'invalid-argument',
  11: 'invalid-argument',
  12: 'unsupported',
  14: 'unavailable',
  16: 'unauthenticated',
};

/** What a status code of gRPC that is not OK means. */
export function problemOfGrpc(code: number): Problem {
  return BY_GRPC[code] ?? 'internal';
}
