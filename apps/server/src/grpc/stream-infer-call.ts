import { status } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';
import type { ServedAnswer } from '../service/inference-service.ts';
import { statusOf } from './call-status.ts';
import { admit, shuttingDown } from './grpc-context.ts';
import { encodeStreamAnswer, encodeStreamError } from './infer-messages.ts';
import { Inference, type InferenceOwner } from './inference.ts';
import { OpenCall } from './open-call.ts';

/**
 * `ModelStreamInfer`: any number of requests, answered as they come to be and matched by `id`. An error
 * is a message and the stream goes on, unless the client asked for a status with the metadata
 * `triton_grpc_error: true`. Nothing is read while as many messages are under way as the server allows.
 */
export class StreamInferCall extends OpenCall implements InferenceOwner {
  readonly method = 'ModelStreamInfer';
  readonly #errorEndsIt = this.arrival.headers['triton_grpc_error'] === 'true';
  readonly #running = new Set<Inference>();
  /** Messages that run, or whose answers are not sent yet. */
  #underWay = 0;
  #messages = 0;
  #paused = false;
  #halfClosed = false;

  override onReceiveMessage(message: Buffer): void {
    this.#underWay += 1;
    this.#messages += 1;
    try {
      this.#begin(message);
    } catch (error) {
      this.fail(error);
      this.cancelled(new ProtocolError('cancelled', 'The stream ended with an error.'));
      return;
    }
    if (this.#underWay < this.context.maxStreamMessages) this.call.startRead();
    else this.#paused = true;
  }

  override onReceiveHalfClose(): void {
    this.#halfClosed = true;
    this.#endIfDone();
  }

  override drain(): void {
    this.#endIfDone();
  }

  answered(inference: Inference, answer: ServedAnswer): void {
    this.#running.delete(inference);
    if (this.finished) {
      inference.span?.end('The stream ended before the answer.');
      return;
    }
    let message: Buffer;
    try {
      message = encodeStreamAnswer(answer.response);
      this.send(message, () => this.#done());
    } catch (error) {
      this.refused(inference, error);
      return;
    }
    inference.span?.end(null);
  }

  refused(inference: Inference, error: unknown): void {
    this.#running.delete(inference);
    const { details } = statusOf(error);
    inference.span?.end(details);
    if (this.finished) return;
    if (this.#errorEndsIt) {
      this.fail(error, inference.requestId);
      this.cancelled(new ProtocolError('cancelled', 'The stream ended with the error of another request.'));
      return;
    }
    if (!ProtocolError.isInstance(error)) this.context.unexpected(error, inference.requestId);
    try {
      this.send(encodeStreamError(details, inference), () => this.#done());
    } catch (unsendable) {
      this.fail(unsendable, inference.requestId);
      this.cancelled(new ProtocolError('cancelled', 'The stream ended with an error.'));
    }
  }

  protected override cancelled(reason: ProtocolError): void {
    for (const inference of this.#running) inference.abort(reason);
  }

  #begin(message: Buffer): void {
    const hold = this.meter.next(message.byteLength);
    const inference = new Inference(this.context, this, hold, performance.now(), this);
    this.#running.add(inference);
    try {
      if (this.context.draining()) throw shuttingDown();
      // The first was let in with the stream. A stream is no way around rates.
      if (this.#messages > 1) admit(this.context, 'infer', this.arrival);
    } catch (error) {
      inference.refuse(message, error);
      return;
    }
    inference.run(message);
  }

  #done(): void {
    this.#underWay -= 1;
    this.#endIfDone();
    if (!this.#paused || this.finished) return;
    this.#paused = false;
    this.call.startRead();
  }

  #endIfDone(): void {
    if (this.#underWay > 0) return;
    if (this.#halfClosed) this.finish({ code: status.OK, details: 'OK', metadata: null });
    else if (this.context.draining()) this.fail(shuttingDown());
  }
}
