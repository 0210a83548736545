import { constants } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';
import { statusOf, type CallStatus } from './call-status.ts';
import type { Arrival, GrpcContext } from './grpc-context.ts';
import { MessageMeter } from './message-meter.ts';

/** Milliseconds that a client has to end a call on its side once it has the status. */
const LINGER_MS = 5000;

/** Calls that are open, as the server's clock goes through them. */
export type OpenCalls = Set<OpenCall>;

/**
 * A call from its headers until its HTTP/2 stream is gone, driven at the interface that grpc-js has for
 * interceptors: its own call objects are Node streams with buffers of their own, which would cost time
 * and put messages where no bound is.
 */
export abstract class OpenCall {
  readonly context: GrpcContext;
  readonly arrival: Arrival;
  readonly meter: MessageMeter;
  protected readonly call: ServerInterceptingCallInterface;
  readonly #open: OpenCalls;
  /** What gives back the memory of each message that is being written. */
  readonly #writing = new Set<() => void>();
  #finished = false;
  /** `performance.now()` when the status went out, 0 before. */
  #finishedAt = 0;
  /** `performance.now()` since when bytes wait for the client to read them, 0 for none. */
  #writingSince = 0;

  constructor(
    context: GrpcContext,
    open: OpenCalls,
    call: ServerInterceptingCallInterface,
    arrival: Arrival,
  ) {
    this.context = context;
    this.call = call;
    this.arrival = arrival;
    this.meter = new MessageMeter(context.memory, context.limits.maxBodyBytes);
    this.#open = open;
    open.add(this);
    // Before the listener of grpc-js, which would have put the message together already.
    arrival.stream.prependListener('data', (chunk: Uint8Array) => this.#received(chunk));
    arrival.stream.once('close', () => this.#closed());
  }

  /** Whether the status is sent or the client is gone. */
  get finished(): boolean {
    return this.#finished;
  }

  onReceiveMetadata(): void {
    this.call.startRead();
  }

  abstract onReceiveMessage(message: Buffer): void;

  abstract onReceiveHalfClose(): void;

  /** grpc-js says so at the end of every call, the good ones too. */
  onCancel(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.cancelled(
      this.deadline <= Date.now()
        ? new ProtocolError('deadline', 'Deadline exceeded')
        : new ProtocolError('cancelled', 'The client cancelled the call.'),
    );
  }

  /** Ends the call. Whoever is first decides how. */
  finish(status: CallStatus): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#finishedAt = performance.now();
    this.#writingSince ||= this.#finishedAt;
    this.meter.release();
    this.call.sendStatus(status);
  }

  /** Ends the call with the status of an error. */
  fail(error: unknown, requestId = ''): void {
    if (!ProtocolError.isInstance(error)) this.context.unexpected(error, requestId);
    this.finish(statusOf(error));
  }

  /** On the clock of the wall, `Infinity` for none. */
  get deadline(): number {
    return Number(this.call.getDeadline());
  }

  /** Looks whether the client takes too long to send or to read. */
  checkTime(now: number): void {
    const { bodyTimeoutMs, writeTimeoutMs } = this.context.limits;
    const { stream } = this.arrival;
    if (this.#finishedAt > 0 && stream.writableFinished) {
      if (now - this.#finishedAt > Math.min(LINGER_MS, writeTimeoutMs))
        stream.close(constants.NGHTTP2_NO_ERROR);
      return;
    }
    if (this.#writingSince > 0 && now - this.#writingSince > writeTimeoutMs) {
      this.onCancel();
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    const since = this.awaitsSince();
    if (this.#finished || since === 0 || now - since <= bodyTimeoutMs) return;
    this.fail(
      new ProtocolError('body-timeout', `The message did not arrive within ${bodyTimeoutMs} milliseconds.`),
    );
    this.cancelled(new ProtocolError('cancelled', 'The client stopped sending.'));
  }

  /** The server is on its way out: calls that would never end by themselves do it now. */
  drain(): void {}

  /** The client is gone or out of time: nobody waits for what is under way. */
  protected cancelled(_reason: ProtocolError): void {}

  /** `performance.now()` since when the client owes bytes, 0 when it owes none. */
  protected awaitsSince(): number {
    return this.meter.incompleteSince;
  }

  /** Sends a message; `sent` comes when it left for the client. @throws ProtocolError too-large, exhausted */
  protected send(message: Buffer, sent: (() => void) | null): void {
    const { maxResponseBytes } = this.context.limits;
    if (message.byteLength > maxResponseBytes) {
      throw new ProtocolError(
        'too-large',
        `The response has ${message.byteLength} bytes, more than the ${maxResponseBytes} that this server sends.`,
      );
    }
    const release = this.context.memory.take(message.byteLength);
    this.#writing.add(release);
    this.#writingSince ||= performance.now();
    this.call.sendMessage(message, () => {
      release();
      this.#writing.delete(release);
      this.#writingSince = this.#writing.size > 0 || this.#finished ? performance.now() : 0;
      sent?.();
    });
  }

  #received(chunk: Uint8Array): void {
    if (this.#finished) return;
    try {
      this.meter.write(chunk);
    } catch (error) {
      this.fail(error);
      this.cancelled(new ProtocolError('cancelled', 'There was no memory for the next message.'));
    }
  }

  #closed(): void {
    this.onCancel();
    this.#open.delete(this);
    this.meter.release();
    for (const release of this.#writing) release();
    this.#writing.clear();
  }
}
