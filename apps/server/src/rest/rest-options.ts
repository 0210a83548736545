import type { NonFinitePolicy } from '@switchyard/open-inference';
import type { Gate, Limits, MemoryBudget } from '../operation/admission.ts';
import type { Tracer } from '../operation/observer.ts';
import type { InferenceService } from '../service/inference-service.ts';

/** Compression of answers to `infer`, and of nothing else: real clients unpack nothing else. */
export interface ResponseCompression {
  /** Bytes from which an answer is compressed. */
  readonly thresholdBytes: number;
}

/** The page of metrics; `Metrics` of the room operation is one. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** What the REST routes need. */
export interface RestOptions {
  readonly service: InferenceService;
  readonly gate: Gate;
  readonly memory: MemoryBudget;
  readonly limits: Limits;
  readonly tracer: Tracer;
  /** Told of errors that are no refusal, which a client sees as 500 without their text. Must not throw. */
  readonly unexpected: (error: unknown, requestId: string) => void;
  /** `null` for none: `GET /metrics` is 404 then. */
  readonly metrics: MetricsPage | null;
  /** What stands for NaN and the infinities in JSON. */
  readonly nonFinite: NonFinitePolicy;
  /** `null` for never, whatever a client accepts. */
  readonly compression: ResponseCompression | null;
  /** Origins of web pages that may call, as `https://console.example`; empty for none. */
  readonly corsOrigins: readonly string[];
}
