import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EncodedBody } from '@switchyard/open-inference';
import { ProtocolError } from '@switchyard/open-inference';
import { REQUEST_ID_HEADER } from '../operation/truth-headers.ts';
import type { Scope } from '../operation/admission.ts';
import type { RequestSpan } from '../operation/observer.ts';
import { Cancellation } from '../service/cancellation.ts';
import type { CallContext } from '../service/inference-service.ts';
import { BodyReader, declaredLength, type BodyTarget } from './body-reader.ts';
import { forgetExchange, trackExchange } from './connection-state.ts';
import { requestEncoding } from './content-encoding.ts';
import { decompress } from './decompress.ts';
import type { Overdue } from './deadlines.ts';
import type { FrontEnd } from './front-end.ts';
import { refusalHeaders } from './refusal-headers.ts';
import { oneByteText, writeAndEnd, writeAndLinger, type ResponseBody } from './response-writer.ts';
import type { Match } from './router.ts';

const JSON_TYPE = 'application/json';
/** Bytes up to which an answer is one write with its headers. */
const ONE_WRITE = 16_384;
/** Bytes of a body nobody reads that Node may throw away while the connection lives on. */
const DUMPED = 1_048_576;
const LINGER_MS = 1000;

/** What takes a body. */
export type BodyUse = (exchange: Exchange, body: Uint8Array) => void;

/**
 * One request and its answer. Answers once, whatever happens: what comes after the answer, or after the
 * client went away, is dropped here. Memory is given back when the response is over.
 */
export class Exchange implements CallContext, BodyTarget, Overdue {
  readonly protocol = 'rest';
  readonly deadline = null;
  readonly startedAt: number;
  readonly signal: Cancellation = new Cancellation();
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly match: Match;
  readonly frontEnd: FrontEnd;
  span: RequestSpan | null = null;
  /** What else is to be told when it is refused. */
  onRefused: ((exchange: Exchange, error: ProtocolError) => void) | null = null;
  readonly #response: ServerResponse;
  readonly #releases: (() => void)[] = [];
  #reader: BodyReader | null = null;
  #use: BodyUse | null = null;
  #bodyMemory: Buffer | null = null;
  #state: 'open' | 'answered' | 'over' = 'open';
  #linger = false;
  #close = false;
  #broken = false;

  constructor(frontEnd: FrontEnd, request: IncomingMessage, response: ServerResponse, match: Match) {
    this.startedAt = performance.now();
    this.frontEnd = frontEnd;
    this.request = request;
    this.match = match;
    this.#response = response;
    this.requestId = frontEnd.requestId(request.headers[REQUEST_ID_HEADER]);
    response.on('close', () => this.closed());
    // A client that goes away may make it emit an error; that it went is told by `close`.
    response.on('error', ignore);
    trackExchange(request.socket, this);
  }

  /** Whether an answer would still reach somebody. */
  get open(): boolean {
    return this.#state === 'open';
  }

  /** @throws ProtocolError unauthenticated, permission-denied, rate-limited */
  authorize(scope: Scope): void {
    const { headers, socket } = this.request;
    const apiKey = headers['x-api-key'];
    this.frontEnd.options.gate.admit(
      scope,
      { authorization: headers.authorization, apiKey: typeof apiKey === 'string' ? apiKey : apiKey?.[0] },
      socket.remoteAddress ?? '',
    );
  }

  /** Takes from the budget until the response is over. @throws ProtocolError exhausted, cancelled */
  reserve(bytes: number): void {
    if (this.#state === 'over') throw clientGone();
    if (bytes > 0) this.#releases.push(this.frontEnd.options.memory.take(bytes));
  }

  /** Reads the body, unpacked, and hands it over; a refusal is answered. */
  readBody(use: BodyUse): void {
    const { limits } = this.frontEnd.options;
    this.#use = use;
    const encoding = requestEncoding(this.request.headers['content-encoding']);
    if (encoding !== null) this.#use = (exchange, body) => exchange.#unpack(body, encoding, use);
    this.#reader = new BodyReader(this.request, this, limits.maxBodyBytes, this.frontEnd.bodies);
    this.frontEnd.deadlines.watch(this, this.startedAt + limits.bodyTimeoutMs);
    this.#reader.start();
  }

  /** The body as a promise, for routes that are not in a hurry. */
  body(): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.readBody((_, body) => resolve(body));
    return promise;
  }

  bodyRead(body: Uint8Array, memory: Buffer | null): void {
    this.frontEnd.deadlines.forget(this);
    this.#reader = null;
    this.#bodyMemory = memory;
    const use = this.#use;
    this.#use = null;
    if (this.#state !== 'open') {
      this.releaseBody();
      return;
    }
    try {
      use?.(this, body);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Nobody reads the body any more, nor anything that was made of it without a copy. */
  releaseBody(): void {
    if (this.#bodyMemory !== null) this.frontEnd.bodies.give(this.#bodyMemory);
    this.#bodyMemory = null;
  }

  /** Whether memory is part of what the body lies in. */
  liesInBody(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#bodyMemory?.buffer;
  }

  bodyRefused(error: unknown): void {
    this.refuse(error);
  }

  #unpack(body: Uint8Array, encoding: 'gzip' | 'deflate', use: BodyUse): void {
    const { maxBodyBytes } = this.frontEnd.options.limits;
    decompress(body, encoding, maxBodyBytes, (bytes) => this.reserve(bytes))
      .then((unpacked) => {
        this.#use = use;
        this.releaseBody();
        return this.bodyRead(unpacked, null);
      })
      .catch((error: unknown) => this.refuse(error));
  }

  /** The time for the body, or for a client to see a refusal, is over. */
  overdue(): void {
    if (this.#state === 'open') {
      const { bodyTimeoutMs } = this.frontEnd.options.limits;
      this.refuse(
        new ProtocolError('body-timeout', `The body did not come within ${bodyTimeoutMs} milliseconds.`),
      );
    } else this.#response.end();
  }

  /** Answers 200 with JSON. */
  answerJson(value: unknown): void {
    this.#send(200, JSON_TYPE, JSON.stringify(value), []);
  }

  /** Answers 200 with text of a type, or with nothing for `''`. */
  answerText(contentType: string, text: string, headers: readonly string[] = []): void {
    this.#send(200, contentType, text, headers);
  }

  /** Answers 200 with the result of an inference, whose large parts are not copied. */
  answerEncoded(body: EncodedBody, headers: readonly string[]): void {
    const { chunks, byteLength, contentType, headerLength } = body;
    if (byteLength > ONE_WRITE) {
      this.reserve(byteLength);
      if (this.#begin(200, contentType, byteLength, headers, headerLength)) this.#write(chunks);
      return;
    }
    if (!this.#begin(200, contentType, byteLength, headers, headerLength)) return;
    // Bytes as one-byte characters: Node sends them with the headers in one write.
    let text = '';
    for (const chunk of chunks) text += oneByteText(chunk);
    this.frontEnd.burst.end(this.#response, text);
  }

  /** Answers with a refusal in JSON. Anything that is no `ProtocolError` is 500 and reported. */
  refuse(error: unknown): void {
    if (this.#state !== 'open') return;
    let refusal: ProtocolError;
    if (ProtocolError.isInstance(error)) refusal = error;
    else {
      this.frontEnd.options.unexpected(error, this.requestId);
      refusal = new ProtocolError('internal', 'The server failed on this request. Its log says why.');
    }
    this.#reader?.stop();
    this.frontEnd.deadlines.forget(this);
    this.span?.end(refusal.message);
    this.onRefused?.(this, refusal);
    const headers = refusalHeaders(refusal);
    if (!this.request.complete) this.#leaveBody(refusal);
    this.#send(refusal.httpStatus, JSON_TYPE, JSON.stringify({ error: refusal.message }), headers);
  }

  /** Answers a request whose rest will never come, because it is no HTTP, and ends the connection. */
  refuseBroken(refusal: ProtocolError): void {
    this.#broken = true;
    this.refuse(refusal);
  }

  /** Calls back when the response is over; the connection may be, too. */
  afterwards(then: () => void): void {
    this.#response.once('close', then);
  }

  /**
   * The rest of a body that nobody reads: a small one is thrown away and the connection lives on. For a
   * large one it ends, but not before the client had time to see why.
   */
  #leaveBody(refusal: ProtocolError): void {
    const declared = declaredLength(this.request);
    const late = this.#broken || refusal.problem === 'body-timeout';
    this.#close = late || declared === null || declared > DUMPED;
    this.#linger = this.#close && !late;
  }

  #send(status: number, contentType: string, text: string, headers: readonly string[]): void {
    if (this.#begin(status, contentType, Buffer.byteLength(text), headers, null)) this.#write(text);
  }

  /** Makes the head of the answer, unless there is one already. */
  #begin(
    status: number,
    contentType: string,
    byteLength: number,
    headers: readonly string[],
    headerLength: number | null,
  ): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'answered';
    const all = ['Content-Length', String(byteLength), 'X-Request-Id', this.requestId, ...headers];
    if (headerLength !== null) all.push('Inference-Header-Content-Length', String(headerLength));
    if (contentType !== '') all.push('Content-Type', contentType);
    if (this.#close || this.frontEnd.draining) all.push('Connection', 'close');
    this.frontEnd.cors.addHeaders(all, this.request);
    this.#response.writeHead(status, all);
    return true;
  }

  #write(body: ResponseBody): void {
    if (this.#linger) {
      writeAndLinger(this.request, this.#response, body);
      this.frontEnd.deadlines.watch(this, performance.now() + LINGER_MS);
    } else writeAndEnd(this.#response, body, 'utf8', this.frontEnd.options.limits.writeTimeoutMs);
  }

  /** The response is over, or the connection is. */
  closed(): void {
    if (this.#state === 'over') return;
    const gone = this.#state === 'open';
    this.#state = 'over';
    forgetExchange(this.request.socket, this);
    this.frontEnd.deadlines.forget(this);
    this.#reader?.stop();
    if (gone) {
      const error = clientGone();
      this.signal.abort(error);
      this.span?.end(error.message);
      this.onRefused?.(this, error);
    }
    for (const release of this.#releases) release();
    this.#releases.length = 0;
  }
}

function ignore(): void {
  // Said where it is registered.
}

function clientGone(): ProtocolError {
  return new ProtocolError('cancelled', 'The client closed the connection.');
}
