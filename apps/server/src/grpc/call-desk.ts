import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type {
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerMethodDefinition,
} from '@grpc/grpc-js';
import { printable } from '../operation/truth-headers.ts';
import { statusOf } from './call-status.ts';
import { ForeignCall } from './foreign-call.ts';
import { admit, shuttingDown, type Arrival, type GrpcContext } from './grpc-context.ts';
import type { OpenCalls } from './open-call.ts';
import type { Rpc } from './rpc-table.ts';

/** Longer than any path of a call. */
const LONGEST_PATH = 256;
/** What a timer of Node.js counts, less than 2^31 milliseconds. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const LEGAL_NAME = /^[0-9a-z_.-]+$/;
const LEGAL_VALUE = /^[\x20-\x7e]*$/;
const MS_OF_UNIT: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000 };

/** What grpc-js gets instead of a call that this server drives itself: it starts, and nothing comes. */
const TAKEN = Object.freeze({ start: () => {} }) as unknown as ServerInterceptingCall;

/**
 * Where calls come in. grpc-js tells of a stream first and of the call on it right after, in one go; what
 * is known of the stream waits here in between.
 */
export class CallDesk {
  readonly open: OpenCalls = new Set();
  readonly #context: GrpcContext;
  readonly #rpcs: ReadonlyMap<string, Rpc>;
  readonly #addresses = new WeakMap<ServerHttp2Session, string>();
  #arrival: Arrival | null = null;

  constructor(context: GrpcContext, rpcs: readonly Rpc[]) {
    this.#context = context;
    this.#rpcs = new Map(rpcs.map((rpc) => [rpc.path, rpc]));
  }

  /** A stream is there, and grpc-js did not look at it yet. */
  arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    // grpc-js listens to the first error only.
    stream.on('error', () => {});
    // It repeats a path that it does not know, in a header that cannot carry everything.
    headers[':path'] = printable(String(headers[':path'])).slice(0, LONGEST_PATH);
    dropUnreadable(headers);
    if (isEndless(headers['grpc-timeout'])) delete headers['grpc-timeout'];
    this.#arrival = { stream, headers, address: this.#addressOf(stream), startedAt: performance.now() };
  }

  /** The call on the stream that has just arrived. */
  called(
    method: ServerMethodDefinition<unknown, unknown>,
    call: ServerInterceptingCallInterface,
  ): ServerInterceptingCall {
    const arrival = this.#arrival!;
    this.#arrival = null;
    const rpc = this.#rpcs.get(method.path);
    const scope = rpc?.scope ?? 'read';
    try {
      if (this.#context.draining() && scope !== 'health') throw shuttingDown();
      admit(this.#context, scope, arrival);
    } catch (error) {
      call.sendStatus(statusOf(error));
      return TAKEN;
    }
    if (rpc === undefined) {
      void new ForeignCall(this.#context, this.open, call, arrival);
      return call as ServerInterceptingCall;
    }
    call.start(rpc.open(this.#context, this.open, call, arrival));
    return TAKEN;
  }

  #addressOf(stream: ServerHttp2Stream): string {
    const { session } = stream;
    if (session === undefined) return '';
    let address = this.#addresses.get(session as ServerHttp2Session);
    if (address === undefined) {
      address = session.socket?.remoteAddress ?? '';
      this.#addresses.set(session as ServerHttp2Session, address);
    }
    return address;
  }
}

/** Metadata that gRPC does not allow; grpc-js would write each of it to the standard error output. */
function dropUnreadable(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith(':')) continue;
    const value = headers[name];
    if (!LEGAL_NAME.test(name)) delete headers[name];
    else if (typeof value === 'string' && !LEGAL_VALUE.test(value)) delete headers[name];
    else if (Array.isArray(value) && !value.every((one) => LEGAL_VALUE.test(one))) delete headers[name];
  }
}

/** grpc-js cuts a time to 32 bits and takes what is left, which may be in the past. */
function isEndless(timeout: string | string[] | undefined): boolean {
  const match = /^(\d{1,8})([HMS])$/.exec(String(timeout));
  return match !== null && Number(match[1]) * MS_OF_UNIT[match[2]!]! > LONGEST_TIMEOUT_MS;
}
