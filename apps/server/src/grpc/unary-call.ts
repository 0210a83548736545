import { status, type Metadata } from '@grpc/grpc-js';
import { OpenCall } from './open-call.ts';

/** A call with one message each way. */
export abstract class UnaryCall extends OpenCall {
  #message: Buffer | null = null;
  #complete = false;

  override onReceiveMessage(message: Buffer): void {
    if (this.#message !== null) {
      this.finish({
        code: status.UNIMPLEMENTED,
        details: 'The call takes one message, and a second one came.',
        metadata: null,
      });
      return;
    }
    this.#message = message;
    this.call.startRead();
  }

  override onReceiveHalfClose(): void {
    const message = this.#message;
    if (message === null) {
      this.finish({
        code: status.UNIMPLEMENTED,
        details: 'The call takes one message, and none came.',
        metadata: null,
      });
      return;
    }
    this.#complete = true;
    try {
      this.asked(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The message is there. May throw, which ends the call with that error. */
  protected abstract asked(message: Buffer): void;

  /** Answers and ends the call. @throws ProtocolError too-large, exhausted */
  protected reply(message: Buffer, trailers: Metadata | null): void {
    if (this.finished) return;
    this.send(message, null);
    this.finish({ code: status.OK, details: 'OK', metadata: trailers });
  }

  protected override awaitsSince(): number {
    return this.#complete ? 0 : this.arrival.startedAt;
  }
}
