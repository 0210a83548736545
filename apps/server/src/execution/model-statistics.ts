import type { InferBatchStatistics, InferStatistics } from '@switchyard/open-inference';
import type { ExecutionTimes } from './model-executor.ts';

/** Why a request failed, as the label `reason` of Triton's `nv_inference_request_failure`. */
export type FailureReason = 'REJECTED' | 'CANCELED' | 'BACKEND' | 'OTHER';

/** The numbers of one version of a model since it was loaded. */
export interface StatisticsSnapshot {
  /** Milliseconds since the epoch, 0 before the first. */
  readonly lastInference: number;
  readonly inferenceCount: number;
  readonly executionCount: number;
  readonly infer: InferStatistics;
  readonly batches: readonly InferBatchStatistics[];
  readonly failures: Readonly<Record<FailureReason, number>>;
}

/** Counts what happens to the requests of one version of a model. */
export interface StatisticsRecorder {
  /** One run of a batch, whose times are those of the batch. */
  executed(batchSize: number, times: ExecutionTimes): void;
  /** One request that was answered. */
  succeeded(rows: number, totalNs: number, times: ExecutionTimes, cached: 'hit' | 'miss' | null): void;
  /** One request that was not. */
  failed(reason: FailureReason, totalNs: number): void;
  snapshot(): StatisticsSnapshot;
}
