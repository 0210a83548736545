import { connect, type Socket } from 'node:net';

/** An answer of HTTP as it came. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** The message where nobody listens any more. */
export const NO_CONNECTION = 'No connection came about.';

const HEAD_END = Buffer.from('\r\n\r\n');

/** A connection of HTTP/1.1 on which requests may follow each other without waiting. What is sent is sent as it is. */
export class Wire {
  readonly socket: Socket;
  /** Settles when the connection is over. */
  readonly closed: Promise<void>;
  /** Replies to nothing that was asked. */
  readonly unasked: Reply[] = [];
  readonly #waiting: Waiting[] = [];
  /** The next answer is to `HEAD`: it has a length, and no body. */
  #isHead = false;
  #buffer: Buffer = Buffer.alloc(0);
  #isOver = false;
  #isOpen = false;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.once('connect', () => (this.#isOpen = true));
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk));
    // What that means for a request is told by `close`.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#isOver = true;
        const how = this.#isOpen ? 'The connection ended without an answer.' : NO_CONNECTION;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(how));
        resolve();
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver || this.socket.destroyed || !this.socket.writable;
  }

  /** Requests without an answer so far. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Sends bytes that are one request, or the last piece of one. */
  ask(bytes: Uint8Array | string): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    if (this.isOver) reject(new Error('The connection ended without an answer.'));
    else {
      this.#waiting.push({ resolve, reject });
      this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    }
    return promise;
  }

  /** Sends bytes and nothing after them; what comes back is in {@link unasked}. */
  send(bytes: Buffer): void {
    this.#isHead = bytes.toString('latin1', 0, 5) === 'HEAD ';
    this.socket.end(bytes);
  }

  end(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    let from = 0;
    for (;;) {
      const end = this.#buffer.indexOf(HEAD_END, from);
      if (end === -1) break;
      const [first = '', ...lines] = this.#buffer.toString('latin1', from, end).split('\r\n');
      const status = Number(first.split(' ')[1]);
      const headers = new Map(
        lines.map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
        }),
      );
      const start = end + HEAD_END.length;
      if (status === 100) {
        from = start;
        continue;
      }
      const length = this.#isHead ? 0 : Number(headers.get('content-length') ?? 0);
      this.#isHead = false;
      if (this.#buffer.length < start + length) break;
      const reply = { status, headers, body: Buffer.from(this.#buffer.subarray(start, start + length)) };
      from = start + length;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.unasked.push(reply);
      else waiting.resolve(reply);
    }
    if (from > 0) this.#buffer = this.#buffer.subarray(from);
  }
}

/** The bytes of a POST. */
export function post(path: string, body: Uint8Array | string, headers: readonly string[] = []): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes.length}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** One request over a connection of its own. */
export async function askOnce(port: number, bytes: Uint8Array | string): Promise<Reply> {
  const wire = new Wire(port);
  try {
    return await wire.ask(bytes);
  } finally {
    wire.end();
  }
}
