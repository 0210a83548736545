import { ProtocolError, type InferRequest, type WireTensor } from '@switchyard/open-inference';
import type { Observer } from '../operation/observer.ts';
import type { ModelLease, ModelRepository, ServedModel } from '../repository/model-repository.ts';
import { checkInputs } from './check-inputs.ts';
import type { CallContext, ServedAnswer } from './inference-service.ts';
import { signatureOf, type ModelSignature } from './model-signature.ts';
import { hasRegions, readRegions, type RegionLimits } from './read-regions.ts';
import { describeSpan, recordInference, type Progress } from './record-inference.ts';
import { requestSchedule, type RequestSchedule } from './request-schedule.ts';
import { requestedOutputs, type OutputsPlan } from './requested-outputs.ts';
import type { RegionStore } from './system-shared-memory.ts';
import { toFeeds } from './to-feeds.ts';
import { NO_PARAMETERS, toOutputs, writeRegions } from './to-response.ts';

/** What every inference of a server shares. */
export interface InferenceRoom {
  readonly repository: ModelRepository;
  readonly observer: Observer;
  readonly regions: RegionStore;
  readonly regionLimits: RegionLimits;
  readonly maxResponseBytes: number;
}

/** A request that fits its model. */
interface CheckedCall {
  readonly signature: ModelSignature;
  readonly schedule: RequestSchedule;
  readonly rows: number;
  readonly plan: OutputsPlan;
  readonly id: string;
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
    recordInference(room.observer, context, name, null, progress, refusal);
    throw refusal;
  }
  try {
    const { model } = lease;
    const answer = await answerRequest(room, model, request, context, progress);
    recordInference(room.observer, context, name, model, progress, null);
    return answer;
  } catch (error) {
    const refusal = asProtocolError(error, name);
    recordInference(room.observer, context, name, lease.model, progress, refusal);
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
  const call: CheckedCall = {
    signature,
    schedule: requestSchedule(request.parameters),
    rows: checkInputs(request.inputs, signature),
    plan: requestedOutputs(request.outputs, signature),
    id: request.id,
  };
  progress.rows = call.rows;
  if (!hasRegions(request.inputs)) return await execute(room, call, request.inputs, context, progress);
  const read = await readRegions(request.inputs, signature, room.regions, room.regionLimits);
  try {
    return await execute(room, call, read.inputs, context, progress);
  } finally {
    read.release();
  }
}

async function execute(
  room: InferenceRoom,
  { signature, schedule, rows, plan, id }: CheckedCall,
  inputs: readonly WireTensor[],
  context: CallContext,
  progress: Progress,
): Promise<ServedAnswer> {
  const { model } = signature;
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
  if (context.span !== null) describeSpan(context.span, begin, model, result);
  const outputs: WireTensor[] = toOutputs(plan.outputs, result.outputs, signature, room.maxResponseBytes);
  if (plan.outputs.some(({ region }) => region !== null)) {
    await writeRegions(plan.outputs, outputs, room.regions);
  }
  return {
    response: {
      modelName: model.name,
      modelVersion: model.version,
      id,
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
