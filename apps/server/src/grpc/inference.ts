import { ProtocolError } from '@switchyard/open-inference';
import { REQUEST_ID_HEADER } from '../operation/truth-headers.ts';
import type { RequestSpan } from '../operation/observer.ts';
import { Cancellation } from '../service/cancellation.ts';
import type { CallContext, ServedAnswer } from '../service/inference-service.ts';
import { statusOf } from './call-status.ts';
import type { Arrival, GrpcContext } from './grpc-context.ts';
import { decodeInferRequest } from './infer-messages.ts';
import type { MessageHold } from './message-meter.ts';
import { checkModelVersion } from './model-version.ts';
import { requestNames } from './request-names.ts';

/** What became of an {@link Inference}; one of the two is called, once, and neither may throw. */
export interface InferenceOwner {
  answered(inference: Inference, answer: ServedAnswer): void;
  refused(inference: Inference, error: unknown): void;
}

const SPAN_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({
  'rpc.system': 'grpc',
  'rpc.service': 'inference.GRPCInferenceService',
});

/** One request for inference, of a call of its own or one of many in a stream. */
export class Inference implements CallContext {
  readonly protocol = 'grpc';
  readonly requestId: string;
  readonly deadline: number | null;
  readonly startedAt: number;
  readonly signal: Cancellation = new Cancellation();
  readonly span: RequestSpan | null;
  /** What to name in a refusal, `''` as long as it is not read. */
  modelName = '';
  modelVersion = '';
  id = '';
  readonly #context: GrpcContext;
  readonly #hold: MessageHold;
  readonly #owner: InferenceOwner;

  constructor(
    context: GrpcContext,
    call: { readonly method: string; readonly arrival: Arrival; readonly deadline: number },
    hold: MessageHold,
    startedAt: number,
    owner: InferenceOwner,
  ) {
    const { headers } = call.arrival;
    this.#context = context;
    this.#hold = hold;
    this.#owner = owner;
    this.requestId = context.requestId(headers[REQUEST_ID_HEADER]);
    this.startedAt = startedAt;
    // grpc-js counts on the clock of the wall.
    this.deadline = call.deadline === Infinity ? null : performance.now() + (call.deadline - Date.now());
    this.span = context.tracer.start(
      call.method,
      { traceparent: first(headers['traceparent']), tracestate: first(headers['tracestate']) },
      SPAN_ATTRIBUTES,
    );
  }

  /** Reads the message and has it computed. Never throws. */
  run(message: Buffer): void {
    let computed: Promise<ServedAnswer>;
    try {
      const { modelName, modelVersion, request } = decodeInferRequest(message, this.#context.limits);
      this.modelName = modelName;
      this.modelVersion = modelVersion;
      this.id = request.id;
      checkModelVersion(modelVersion);
      computed = this.#context.service.infer(modelName, modelVersion, request, this);
    } catch (error) {
      this.#unread(message, error);
      return;
    }
    computed.then(
      (answer) => {
        this.#hold.release();
        return this.#owner.answered(this, answer);
      },
      (error: unknown) => {
        this.#hold.release();
        this.#owner.refused(this, error);
      },
    );
  }

  /** Nobody waits for the answer any more. */
  abort(reason: ProtocolError): void {
    this.signal.abort(reason);
  }

  /** Refuses it before it is read. Never throws. */
  refuse(message: Buffer, error: unknown): void {
    const names = requestNames(message);
    this.modelName = names.modelName;
    this.modelVersion = names.modelVersion;
    this.id = names.id;
    this.#hold.release();
    this.#owner.refused(this, error);
  }

  /** It never came to the service, which would have counted it. */
  #unread(message: Buffer, error: unknown): void {
    const names = requestNames(message);
    this.modelName = names.modelName;
    this.modelVersion = names.modelVersion;
    let refusal = error;
    try {
      if (names.modelName === '') throw error;
      // That a model is unknown comes before what is wrong with the request for it.
      checkModelVersion(this.modelVersion);
      this.#context.service.checkModel(this.modelName, this.modelVersion);
      const told = ProtocolError.isInstance(error)
        ? error
        : new ProtocolError('internal', statusOf(error).details);
      this.#context.service.refused(this.modelName, this.modelVersion, told, this);
    } catch (unknownModel) {
      refusal = unknownModel;
    }
    this.refuse(message, refusal);
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
