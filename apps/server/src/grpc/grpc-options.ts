import type { Gate, Limits, MemoryBudget } from '../operation/admission.ts';
import type { Tracer } from '../operation/observer.ts';
import type { InferenceService } from '../service/inference-service.ts';

/** Certificates in PEM. */
export interface GrpcTls {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  /** Of those who sign certificates of clients; `null` for those that Node.js trusts. */
  readonly ca: string | Uint8Array | null;
  readonly requireClientCertificate: boolean;
}

/** What the gRPC front end needs. */
export interface GrpcOptions {
  readonly service: InferenceService;
  readonly gate: Gate;
  readonly memory: MemoryBudget;
  readonly limits: Limits;
  readonly tracer: Tracer;
  /**
   * Told of errors that are no refusal, which a client sees as INTERNAL without their text. The id is `''`
   * where the error belongs to no request. Must not throw.
   */
  readonly unexpected: (error: unknown, requestId: string) => void;
  /** (optional) Default: none, connections are not encrypted. */
  readonly tls?: GrpcTls | null;
  /** (optional) Messages of one stream that are worked on at once, 1 or more. Default: 64. */
  readonly maxStreamMessages?: number;
  /** (optional) Milliseconds after which a connection is asked to end, 0 for never. Default: 0. */
  readonly maxConnectionAgeMs?: number;
  /** (optional) Milliseconds between pings that find out whether a client is still there. Default: 60,000. */
  readonly keepaliveMs?: number;
}

/** A gRPC server. */
export interface GrpcServer {
  /** Starts to listen. Resolves with the port. @throws the error of the system, as for a port in use */
  listen(host: string, port: number): Promise<number>;
  /** Connections that are open. */
  connections(): number;
  /** Calls whose end the client has not seen. */
  calls(): number;
  /**
   * Ends: takes no more connections, answers new calls with UNAVAILABLE and health with NOT_SERVING, lets
   * calls under way come to their end, and after so many milliseconds ends what is left. A second call
   * can only make that sooner. Never rejects.
   */
  close(graceMs: number): Promise<void>;
}
