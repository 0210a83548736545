import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { ProtocolError } from '@switchyard/open-inference';
import type { Gate, Limits, MemoryBudget, Scope } from '../operation/admission.ts';
import type { Tracer } from '../operation/observer.ts';
import type { InferenceService } from '../service/inference-service.ts';

/** The text of Triton. */
const SHUTTING_DOWN = 'GRPC server is shutting down and has stopped accepting new requests.';

/** What every call of a gRPC server works with. */
export interface GrpcContext {
  readonly service: InferenceService;
  readonly gate: Gate;
  readonly memory: MemoryBudget;
  readonly limits: Limits;
  readonly tracer: Tracer;
  /** Told of requests for a model that is served and that never came to the service. */
  /** The id that a client sent, or one of our own. */
  readonly requestId: (sent: string | readonly string[] | undefined) => string;
  /** Messages of one stream that are worked on at once. */
  readonly maxStreamMessages: number;
  /** Told of errors that are no refusal, which a client sees as INTERNAL without their text. */
  readonly unexpected: (error: unknown, requestId: string) => void;
  /** Whether the server is on its way out. */
  draining(): boolean;
}

/** A call before its first message: who asks, and how. */
export interface Arrival {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** The peer's address without its port. */
  readonly address: string;
  /** `performance.now()` */
  readonly startedAt: number;
}

/** Lets a call in. @throws ProtocolError unauthenticated, permission-denied, rate-limited */
export function admit(context: GrpcContext, scope: Scope, arrival: Arrival): void {
  const apiKey = arrival.headers['x-api-key'];
  context.gate.admit(
    scope,
    {
      authorization: arrival.headers.authorization,
      apiKey: Array.isArray(apiKey) ? apiKey.join(',') : apiKey,
    },
    arrival.address,
  );
}

/** The refusal of what comes after the end began. */
export function shuttingDown(): ProtocolError {
  return new ProtocolError('unavailable', SHUTTING_DOWN);
}
