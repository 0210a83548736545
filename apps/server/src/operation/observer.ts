import type { DeviceTruth, ExecutionTimes } from '../execution/model-executor.ts';
import type { FailureReason } from '../execution/model-statistics.ts';

export type ProtocolName = 'rest' | 'grpc';

/** One request for inference, when it is over. */
export interface InferenceRecord {
  readonly protocol: ProtocolName;
  readonly requestId: string;
  readonly model: string;
  /** `''` when no version was found. */
  readonly version: string;
  /** `null` for success. */
  readonly failure: FailureReason | null;
  /** The text that the client got, `''` for success. */
  readonly error: string;
  readonly rows: number;
  readonly batchSize: number;
  readonly cached: 'hit' | 'miss' | null;
  readonly totalNs: number;
  /** `null` where it never came to execution. */
  readonly times: ExecutionTimes | null;
  readonly truth: DeviceTruth | null;
}

/** What happens to models and instances. */
export type ModelEvent =
  | { readonly kind: 'loading'; readonly model: string; readonly version: string }
  | {
      readonly kind: 'ready';
      readonly model: string;
      readonly version: string;
      readonly truth: DeviceTruth;
      readonly seconds: number;
    }
  | {
      readonly kind: 'load-failed';
      readonly model: string;
      readonly version: string;
      readonly reason: string;
    }
  /** Its files could not be copied first, so that they are loaded from where they lie. */
  | {
      readonly kind: 'not-copied';
      readonly model: string;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly kind: 'unloaded'; readonly model: string; readonly version: string; readonly reason: string }
  | {
      readonly kind: 'instance-ended';
      readonly model: string;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly kind: 'instance-restored'; readonly model: string; readonly version: string }
  | {
      readonly kind: 'circuit-open';
      readonly model: string;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly kind: 'circuit-closed'; readonly model: string; readonly version: string }
  /** Its outputs cannot be split by row, so that every request runs alone from now on. */
  | {
      readonly kind: 'batching-off';
      readonly model: string;
      readonly version: string;
      readonly reason: string;
    };

/** Told of everything that metrics and logs are made of. Must not throw and must not wait. */
export interface Observer {
  inference(record: InferenceRecord): void;
  model(event: ModelEvent): void;
}

/** A span of a request's trace; `null` spans cost nothing. */
export interface RequestSpan {
  /** A part that began and ended at these times of `performance.now()`. */
  part(
    name: string,
    startMs: number,
    endMs: number,
    attributes?: Readonly<Record<string, string | number>>,
  ): void;
  set(attributes: Readonly<Record<string, string | number | boolean>>): void;
  /** `error` is the text that the client got, `null` for success. */
  end(error: string | null): void;
}

/** Starts spans; off unless an operator turned traces on. */
export interface Tracer {
  start(
    name: string,
    parent: { readonly traceparent: string | undefined; readonly tracestate: string | undefined },
    attributes: Readonly<Record<string, string | number>>,
  ): RequestSpan | null;
}
