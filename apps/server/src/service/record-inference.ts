import type { ProtocolError } from '@switchyard/open-inference';
import type { ExecutionResult } from '../execution/model-executor.ts';
import type { FailureReason } from '../execution/model-statistics.ts';
import type { Observer, RequestSpan } from '../operation/observer.ts';
import type { ServedModel } from '../repository/model-repository.ts';
import type { CallContext, RefusedCall } from './inference-service.ts';

/** How far a request came, for the record of it. */
export interface Progress {
  rows: number;
  /** What came to the executor is in its statistics. */
  executed: boolean;
  result: ExecutionResult | null;
}

/** Tells the observer of a request that is over, and the statistics of one that never came to the executor. */
export function recordInference(
  observer: Observer,
  context: CallContext,
  name: string,
  model: ServedModel | null,
  { rows, executed, result }: Progress,
  refusal: ProtocolError | null,
): void {
  const totalNs = Math.round((performance.now() - context.startedAt) * 1e6);
  const failure = refusal === null ? null : failureReason(refusal, context);
  if (failure !== null && !executed) model?.executor.statistics.failed(failure, totalNs);
  observer.inference({
    protocol: context.protocol,
    requestId: context.requestId,
    model: model?.name ?? name,
    version: model?.version ?? '',
    failure,
    error: refusal?.message ?? '',
    rows,
    batchSize: result?.batchSize ?? 0,
    cached: result?.cached ?? null,
    totalNs,
    times: result?.times ?? null,
    truth: model?.executor.truth ?? null,
  });
}

/** Tells of a request that a front end refused before there was anything to run. */
export function recordRefused(
  observer: Observer,
  { protocol, requestId, startedAt }: RefusedCall,
  names: { readonly model: string; readonly version: string },
  model: ServedModel | null,
  refusal: ProtocolError,
): void {
  const totalNs = Math.round((performance.now() - startedAt) * 1e6);
  const { problem } = refusal;
  const turnedAway = problem === 'exhausted' || problem === 'unavailable';
  const failure = turnedAway ? 'REJECTED' : problem === 'cancelled' ? 'CANCELED' : 'OTHER';
  model?.executor.statistics.failed(failure, totalNs);
  observer.inference({
    protocol,
    requestId,
    model: names.model,
    version: model?.version ?? names.version,
    failure,
    error: refusal.message,
    rows: 0,
    batchSize: 0,
    cached: null,
    totalNs,
    times: null,
    truth: model?.executor.truth ?? null,
  });
}

/** The same as in the statistics of an executor. */
function failureReason({ problem }: ProtocolError, { deadline }: CallContext): FailureReason {
  if (problem === 'unavailable') return 'REJECTED';
  if (problem === 'cancelled') return 'CANCELED';
  // The model took too long, or the client had less patience.
  if (problem === 'deadline') return deadline !== null && deadline <= performance.now() ? 'OTHER' : 'BACKEND';
  return problem === 'internal' ? 'BACKEND' : 'OTHER';
}

/** Puts into a request's trace what ran it and where the time went. */
export function describeSpan(
  span: RequestSpan,
  begin: number,
  model: ServedModel,
  result: ExecutionResult,
): void {
  const { truth } = model.executor;
  span.set({
    'model.name': model.name,
    'model.version': model.version,
    'switchyard.backend': truth.backend,
    'switchyard.device': truth.device.id,
    'switchyard.batch_size': result.batchSize,
    ...(result.cached === null ? {} : { 'switchyard.cache': result.cached }),
  });
  const { queueNs, inputNs, inferNs, outputNs } = result.times;
  let start = begin;
  const parts = [
    ['queue', queueNs],
    ['compute_input', inputNs],
    ['compute_infer', inferNs],
    ['compute_output', outputNs],
  ] as const;
  for (const [part, ns] of parts) {
    span.part(part, start, start + ns / 1e6);
    start += ns / 1e6;
  }
}
