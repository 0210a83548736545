import type {
  InferRequest,
  InferResponse,
  LogSettings,
  ModelConfigJson,
  ModelMetadata,
  ModelStatistics,
  ParameterValue,
  ProtocolError,
  RepositoryIndexEntry,
  ServerMetadata,
  SystemSharedMemoryRegion,
  TensorMetadata,
  TraceSettings,
} from '@switchyard/open-inference';
import type { CancelSignal, DeviceTruth } from '../execution/model-executor.ts';
import type { ProtocolName, RequestSpan } from '../operation/observer.ts';

/** What a front end knows about one call. */
export interface CallContext {
  readonly protocol: ProtocolName;
  /** For logs; what the client sent, or made up. */
  readonly requestId: string;
  /** Aborts when the client is gone. */
  readonly signal: CancelSignal;
  /** When the client stops waiting, on the clock of `performance.now()`; `null` for never. */
  readonly deadline: number | null;
  /** `performance.now()` when the call came. */
  readonly startedAt: number;
  readonly span: RequestSpan | null;
}

/** What is kept of a call that never came to its model. */
export type RefusedCall = Pick<CallContext, 'protocol' | 'requestId' | 'startedAt'>;

/** An answer, and what really computed it. */
export interface ServedAnswer {
  readonly response: InferResponse;
  readonly truth: DeviceTruth;
  /** Whether nothing refers to the memory of the inputs any more, the outputs included. */
  readonly inputsAreFree: boolean;
}

/** System shared memory, off unless an operator allowed it. */
export interface SharedMemoryRegions {
  /** All regions, or the one named. @throws not-found, unsupported */
  status(name: string): readonly SystemSharedMemoryRegion[];
  /** @throws already-exists, invalid-argument, unsupported */
  register(region: SystemSharedMemoryRegion): void;
  /** The one named, or all of them for `''`. */
  unregister(name: string): void;
}

/**
 * The server without a protocol: what REST, gRPC and an embedding program call. A version is `''` for
 * the latest. Every refusal is a `ProtocolError` with the text that clients match.
 */
export interface InferenceService {
  live(): boolean;
  ready(): boolean;
  serverMetadata(): ServerMetadata;
  modelReady(name: string, version: string): boolean;
  modelMetadata(name: string, version: string): ModelMetadata;
  modelConfig(name: string, version: string): ModelConfigJson;
  /** Of one version, of all versions of a model, or of everything for `''`. */
  statistics(name: string, version: string): readonly ModelStatistics[];
  repositoryIndex(onlyReady: boolean): readonly RepositoryIndexEntry[];
  load(name: string, parameters: ReadonlyMap<string, ParameterValue | Uint8Array>): Promise<void>;
  unload(name: string, parameters: ReadonlyMap<string, ParameterValue | Uint8Array>): Promise<void>;
  /** Of a model, or of the server for `''`. */
  traceSettings(model: string): TraceSettings;
  /** `null` clears a model's own setting. */
  updateTraceSettings(
    model: string,
    changes: Readonly<Record<string, string | readonly string[] | null>>,
  ): TraceSettings;
  logSettings(): LogSettings;
  updateLogSettings(changes: Readonly<Record<string, unknown>>): LogSettings;
  readonly sharedMemory: SharedMemoryRegions;
  /** Refuses what names no model that is ready, before a body is read. */
  checkModel(name: string, version: string): void;
  /** The one input that a raw binary request is for. @throws invalid-argument with the reference's texts */
  rawInput(name: string, version: string): TensorMetadata;
  /**
   * Counts a request for inference that was refused before {@link InferenceService.infer}, as one whose body
   * cannot be understood: in the model's statistics and for the observer, once.
   */
  refused(name: string, version: string, refusal: ProtocolError, call: RefusedCall): void;
  infer(name: string, version: string, request: InferRequest, context: CallContext): Promise<ServedAnswer>;
}
