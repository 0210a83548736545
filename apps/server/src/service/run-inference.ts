import { ProtocolError, type InferRequest, type WireTensor } from '@switchyard/open-inference';
import type { Observer } from '../operation/observer.ts';
import type { ExecutionResult } from '../execution/model-executor.ts';
import type { ModelLease, ModelRepository } from '../repository/model-repository.ts';
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

const NOTHING_DONE: Progress = Object.freeze({ rows: 0, executed: false, result: null });

/** One request from its parsed form to the form of its answer, counted and recorded whatever becomes of it. */
export function runInference(
  room: InferenceRoom,
  name: string,
  version: string,
  request: InferRequest,
  context: CallContext,
): Promise<ServedAnswer> {
  let lease: ModelLease;
  try {
    lease = room.repository.lease(name, version);
  } catch (error) {
    const refusal = asProtocolError(error, name);
    recordInference(room.observer, context, name, null, NOTHING_DONE, refusal);
    return Promise.reject(refusal);
  }
  return new InferenceCall(room, lease, name, request, context).run();
}

/** A call that holds its model until it is answered. It costs one promise beside that of the executor. */
class InferenceCall implements Progress {
  rows = 0;
  executed = false;
  result: ExecutionResult | null = null;
  readonly #room: InferenceRoom;
  readonly #lease: ModelLease;
  readonly #name: string;
  readonly #request: InferRequest;
  readonly #context: CallContext;
  readonly #signature: ModelSignature;
  #plan!: OutputsPlan;
  #begin = 0;

  constructor(
    room: InferenceRoom,
    lease: ModelLease,
    name: string,
    request: InferRequest,
    context: CallContext,
  ) {
    this.#room = room;
    this.#lease = lease;
    this.#name = name;
    this.#request = request;
    this.#context = context;
    this.#signature = signatureOf(lease.model);
  }

  run(): Promise<ServedAnswer> {
    const { inputs, outputs, parameters } = this.#request;
    let execution: Promise<ExecutionResult>;
    try {
      const schedule = requestSchedule(parameters);
      this.rows = checkInputs(inputs, this.#signature);
      this.#plan = requestedOutputs(outputs, this.#signature);
      execution = hasRegions(inputs) ? this.#executeRegions(schedule) : this.#execute(inputs, schedule);
    } catch (error) {
      return Promise.reject(this.#failed(error));
    }
    return execution.then(
      (result) => this.#answer(result),
      (error: unknown) => {
        throw this.#failed(error);
      },
    );
  }

  async #executeRegions(schedule: RequestSchedule): Promise<ExecutionResult> {
    const { regions, regionLimits } = this.#room;
    const read = await readRegions(this.#request.inputs, this.#signature, regions, regionLimits);
    try {
      return await this.#execute(read.inputs, schedule);
    } finally {
      read.release();
    }
  }

  #execute(
    inputs: readonly WireTensor[],
    { priority, queueTimeoutMicros }: RequestSchedule,
  ): Promise<ExecutionResult> {
    const feeds = toFeeds(inputs, this.#signature);
    if (this.#context.span !== null) this.#begin = performance.now();
    this.executed = true;
    return this.#lease.model.executor.run({
      feeds,
      outputs: this.#plan.names,
      rows: this.rows,
      priority,
      queueTimeoutMicros,
      deadline: this.#context.deadline,
      signal: this.#context.signal,
    });
  }

  #answer(result: ExecutionResult): ServedAnswer | Promise<ServedAnswer> {
    const { model } = this.#lease;
    this.result = result;
    try {
      const { span } = this.#context;
      if (span !== null) describeSpan(span, this.#begin, model, result);
      const plans = this.#plan.outputs;
      const outputs = toOutputs(plans, result.outputs, this.#signature, this.#room.maxResponseBytes);
      const answer: ServedAnswer = {
        response: {
          modelName: model.name,
          modelVersion: model.version,
          id: this.#request.id,
          parameters: NO_PARAMETERS,
          outputs,
        },
        truth: model.executor.truth,
        inputsAreFree: result.inputsAreFree,
      };
      if (this.#plan.hasRegions) return this.#writeRegions(outputs, answer);
      this.#end(null);
      return answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #writeRegions(outputs: WireTensor[], answer: ServedAnswer): Promise<ServedAnswer> {
    try {
      await writeRegions(this.#plan.outputs, outputs, this.#room.regions);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#end(null);
    return answer;
  }

  #failed(error: unknown): ProtocolError {
    const refusal = asProtocolError(error, this.#name);
    this.#end(refusal);
    return refusal;
  }

  #end(refusal: ProtocolError | null): void {
    recordInference(this.#room.observer, this.#context, this.#name, this.#lease.model, this, refusal);
    this.#lease[Symbol.dispose]();
  }
}

/** Whatever is no refusal is a mistake in this program, whose words are not for clients. */
function asProtocolError(error: unknown, model: string): ProtocolError {
  if (ProtocolError.isInstance(error)) return error;
  return new ProtocolError('internal', `internal error in a request for model '${model}'`, { cause: error });
}
