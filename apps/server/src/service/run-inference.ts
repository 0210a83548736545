import { ProtocolError, type InferRequest, type WireTensor } from '@switchyard/open-inference';
import type { ExecutionResult } from '../execution/model-executor.ts';
import type { FailureReason } from '../execution/model-statistics.ts';
import type { Observer, RequestSpan } from '../operation/observer.ts';
import type { ModelLease, ModelRepository, ServedModel } from '../repository/model-repository.ts';
import { checkInputs } from './check-inputs.ts';
import type { CallContext, ServedAnswer } from './inference-service.ts';
import { signatureOf } from './model-signature.ts';
import { hasRegions, readRegions } from './read-regions.ts';
import { requestSchedule } from './request-schedule.ts';
import { requestedOutputs } from './requested-outputs.ts';
import type { RegionStore } from './system-shared-memory.ts';
import { toFeeds } from './to-feeds.ts';
import { NO_PARAMETERS, toOutputs, writeRegions } from './to-response.ts';

/** What every inference of a server shares. */
export interface InferenceRoom {
  readonly repository: ModelRepository;
  readonly observer: Observer;
  readonly regions: RegionStore;
  readonly maxResponseBytes: number;
}

/** How far a request came, for the record of it. */
interface Progress {
  rows: number;
  /** What came to the executor is in its statistics. */
  executed: boolean;
  result: ExecutionResult | null;
}

/** One request from its parsed form to the form of its answer, counted and recorded whatever becomes of it. */
export async function runInference(
  room: InferenceRoom,
  name: string,
  version: string,
  request: InferRequest,
  context: CallContext,
): Promise<ServedAnswer> {
  const progress: Progress = { rows: 0, executed: false, result: null };
  let lease: ModelLease;
  try {
    lease = room.repository.lease(name, version);
  } catch (error) {
    const refusal = asProtocolError(error, name);
    record(room.observer, context, name, null, progress, refusal);
    throw refusal;
  }
  try {
    const { model } = lease;
    const answer = await answerRequest(room, model, request, context, progress);
    record(room.observer, context, name, model, progress, null);
    return answer;
  } catch (error) {
    const refusal = asProtocolError(error, name);
    record(room.observer, context, name, lease.model, progress, refusal);
    throw refusal;
  } finally {
    lease[Symbol.dispose]();
  }
}

async function answerRequest(
  room: InferenceRoom,
  model: ServedModel,
  request: InferRequest,
  context: CallContext,
  progress: Progress,
): Promise<ServedAnswer> {
  const signature = signatureOf(model);
  const schedule = requestSchedule(request.parameters);
  const rows = checkInputs(request.inputs, signature);
  const plan = requestedOutputs(request.outputs, signature);
  progress.rows = rows;
  const inputs = hasRegions(request.inputs)
    ? await readRegions(request.inputs, signature, room.regions)
    : request.inputs;
  const feeds = toFeeds(inputs, signature);
  const begin = performance.now();
  progress.executed = true;
  const result = await model.executor.run({
    feeds,
    outputs: plan.names,
    rows,
    priority: schedule.priority,
    queueTimeoutMicros: schedule.queueTimeoutMicros,
    deadline: context.deadline,
    signal: context.signal,
  });
  progress.result = result;
  if (context.span !== null) describe(context.span, begin, model, result);
  const outputs: WireTensor[] = toOutputs(plan.outputs, result.outputs, signature, room.maxResponseBytes);
  if (plan.outputs.some(({ region }) => region !== null)) {
    await writeRegions(plan.outputs, outputs, room.regions);
  }
  return {
    response: {
      modelName: model.name,
      modelVersion: model.version,
      id: request.id,
      parameters: NO_PARAMETERS,
      outputs,
    },
    truth: model.executor.truth,
  };
}

/** Whatever is no refusal is a mistake in this program, whose words are not for clients. */
function asProtocolError(error: unknown, model: string): ProtocolError {
  if (ProtocolError.isInstance(error)) return error;
  return new ProtocolError('internal', `internal error in a request for model '${model}'`, { cause: error });
}

function record(
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

/** The same as in the statistics of an executor. */
function failureReason({ problem }: ProtocolError, { deadline }: CallContext): FailureReason {
  if (problem === 'unavailable') return 'REJECTED';
  if (problem === 'cancelled') return 'CANCELED';
  // The model took too long, or the client had less patience.
  if (problem === 'deadline') return deadline !== null && deadline <= performance.now() ? 'OTHER' : 'BACKEND';
  return problem === 'internal' ? 'BACKEND' : 'OTHER';
}

function describe(span: RequestSpan, begin: number, model: ServedModel, result: ExecutionResult): void {
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
