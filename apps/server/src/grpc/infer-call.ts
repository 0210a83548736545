import type { ProtocolError } from '@switchyard/open-inference';
import { encodeModelInferResponse } from '@switchyard/open-inference/grpc';
import type { ServedAnswer } from '../service/inference-service.ts';
import { answerTrailers } from './answer-trailers.ts';
import { statusOf } from './call-status.ts';
import { Inference, type InferenceOwner } from './inference.ts';
import { UnaryCall } from './unary-call.ts';

/** `ModelInfer`. */
export class InferCall extends UnaryCall implements InferenceOwner {
  readonly method = 'ModelInfer';
  #inference: Inference | null = null;

  answered(inference: Inference, answer: ServedAnswer): void {
    try {
      this.reply(
        encodeModelInferResponse(answer.response),
        answerTrailers(inference.requestId, answer.truth),
      );
      inference.span?.end(null);
    } catch (error) {
      this.refused(inference, error);
    }
  }

  refused(inference: Inference, error: unknown): void {
    inference.span?.end(statusOf(error).details);
    this.fail(error, inference.requestId);
  }

  protected override asked(message: Buffer): void {
    const hold = this.meter.next(message.byteLength);
    this.#inference = new Inference(this.context, this, hold, this.arrival.startedAt, this);
    this.#inference.run(message);
  }

  protected override cancelled(reason: ProtocolError): void {
    this.#inference?.abort(reason);
  }
}
