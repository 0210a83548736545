/** What a key may do. `health` needs no key unless an operator says so. */
export type Scope = 'health' | 'metrics' | 'infer' | 'read' | 'admin';

/** Who asks. */
export interface Principal {
  /** Name of the key, `anonymous` where no keys are asked for. Never the key. */
  readonly name: string;
}

/** Who may do what, and how often. */
export interface Gate {
  /**
   * Lets a request in. `authorization` is the header `authorization` or `x-api-key` as it came, and
   * `address` the peer's.
   *
   * @throws ProtocolError unauthenticated, permission-denied, rate-limited
   */
  admit(
    scope: Scope,
    credentials: { readonly authorization: string | undefined; readonly apiKey: string | undefined },
    address: string,
  ): Principal;
}

/** Memory for requests under way, all together. */
export interface MemoryBudget {
  /** Reserves; gives the function that returns it, which may be called more than once. @throws ProtocolError exhausted */
  take(bytes: number): () => void;
  /** Bytes reserved now. */
  used(): number;
}

/** Bounds of everything that a client can make large, slow or many. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** Of a body or message, decompressed. */
  readonly maxBodyBytes: number;
  /** Of one tensor. */
  readonly maxElements: number;
  readonly maxJsonDepth: number;
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** For writing an answer to a client that does not read. */
  readonly writeTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Streams of one gRPC connection. */
  readonly maxConcurrentStreams: number;
  readonly maxInFlightBytes: number;
  /** Of the outputs of one request. */
  readonly maxResponseBytes: number;
}
