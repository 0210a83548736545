import { pause } from './live-server.ts';
import { GrpcWire } from './grpc-wire.ts';
import { readMessage, readReply, taggedMessage, taggedRequest, type Form } from './tagged.ts';
import { NO_CONNECTION, Wire } from './wire.ts';

/** What became of one request. */
export interface Outcome {
  readonly tag: number;
  readonly form: Form;
  /** Milliseconds of `performance.now()`. */
  readonly sentAt: number;
  readonly doneAt: number;
  /** `lost`: sent over a connection that ended without an answer. `unsent`: nobody took the connection. */
  readonly kind: 'right' | 'wrong' | 'refused' | 'lost' | 'unsent';
  /** What the answer adds to the sum, 0 where there is none. */
  readonly generation: number;
  /** Of HTTP or of gRPC, 0 where there is none. */
  readonly status: number;
  readonly text: string;
}

export interface LoadOptions {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly model: string;
  readonly clients: number;
  readonly forms: readonly Form[];
  /** (optional) Milliseconds between an answer and the next request of a client. Default: 0. */
  readonly pauseMs?: number;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Clients that ask one tagged request after another until they are told to stop, or find nobody any more. */
export class Load {
  readonly #options: LoadOptions;
  readonly #work: Promise<void>;
  #isOver = false;
  #tag = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#work = Promise.all(
      Array.from({ length: options.clients }, (_, index) => this.#client(options.forms[index % options.forms.length]!)),
    ).then(() => undefined);
  }

  /** Lets every request come to its end. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  /** Settles when no client finds a server any more. */
  get deserted(): Promise<void> {
    return this.#work;
  }

  async #client(form: Form): Promise<void> {
    const { httpPort, grpcPort, pauseMs = 0, onOutcome } = this.#options;
    const grpc = form === 'grpc' ? new GrpcWire(grpcPort, true) : null;
    let wire: Wire | null = null;
    while (!this.#isOver) {
      this.#tag += 1;
      if (form !== 'grpc' && (wire === null || wire.isOver)) wire = new Wire(httpPort);
      const outcome = grpc === null ? await this.#overRest(wire!, form as 'json', this.#tag) : await this.#overGrpc(grpc, this.#tag);
      onOutcome(outcome.outcome);
      if (outcome.outcome.kind === 'unsent') break;
      if (outcome.closes) wire = null;
      if (pauseMs > 0) await pause(pauseMs);
    }
    wire?.end();
    grpc?.close();
  }

  async #overRest(wire: Wire, form: 'json' | 'binary', tag: number): Promise<{ outcome: Outcome; closes: boolean }> {
    const bytes = taggedRequest(tag, form, this.#options.model);
    const base = { tag, form, sentAt: performance.now(), generation: 0, status: 0, text: '' };
    try {
      const reply = await wire.ask(bytes);
      const doneAt = performance.now();
      const closes = reply.headers.get('connection') === 'close';
      const { status } = reply;
      if (status !== 200) {
        return { closes, outcome: { ...base, doneAt, kind: 'refused', status, text: reply.body.toString() } };
      }
      const read = readReply(reply, tag);
      if (typeof read === 'string') return { closes, outcome: { ...base, doneAt, kind: 'wrong', status, text: read } };
      return { closes, outcome: { ...base, doneAt, kind: 'right', status, generation: read } };
    } catch (error) {
      const text = (error as Error).message;
      const kind = text === NO_CONNECTION ? 'unsent' : 'lost';
      return { closes: true, outcome: { ...base, doneAt: performance.now(), kind, text } };
    }
  }

  async #overGrpc(grpc: GrpcWire, tag: number): Promise<{ outcome: Outcome; closes: boolean }> {
    const base = { tag, form: 'grpc' as const, sentAt: performance.now(), generation: 0, text: '' };
    const reply = await grpc.call('ModelInfer', taggedMessage(tag, this.#options.model));
    const doneAt = performance.now();
    const status = reply.code;
    if (status === 0) {
      const read = readMessage(reply, tag);
      const isRight = typeof read === 'number';
      return {
        closes: false,
        outcome: { ...base, doneAt, status, kind: isRight ? 'right' : 'wrong', generation: isRight ? read : 0, text: isRight ? '' : read },
      };
    }
    const { text } = reply;
    const kind = /No connection established|ECONNREFUSED/.test(text)
      ? 'unsent'
      : /Connection dropped|ECONNRESET|stream|goaway|socket hang up/i.test(text)
        ? 'lost'
        : 'refused';
    return { closes: false, outcome: { ...base, doneAt, status, kind, text } };
  }
}
