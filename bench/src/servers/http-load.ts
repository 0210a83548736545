import { connect, type Socket } from 'node:net';
import type { Sample } from '../harness/benchmark.ts';
import { quantile } from '../harness/statistics.ts';

/** One request, as the bytes that go over the wire. */
export function httpRequest(
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string | number>> = {},
): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-length: ${body.byteLength}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

export interface HttpLoad {
  readonly port: number;
  readonly connections: number;
  readonly milliseconds: number;
  readonly request: Buffer;
  /** (optional) Path that is asked for ten times a second beside the load. Default: none. */
  readonly healthPath?: string;
}

/**
 * Asks on as many connections as told, each one request at a time, for as long as told. It is written on
 * sockets, because a client that costs as much as the server would be what is measured. Every answer has
 * to be a 200.
 */
export async function loadHttp(load: HttpLoad): Promise<Sample> {
  const latencies: number[] = [];
  const end = performance.now() + load.milliseconds;
  const started = performance.now();
  const lanes = Array.from({ length: load.connections }, async () => {
    const socket = await open(load.port);
    const answers = new AnswerReader(socket);
    try {
      for (let again = true; again; again = performance.now() < end) {
        const asked = performance.now();
        socket.write(load.request);
        await answers.next();
        latencies.push(performance.now() - asked);
      }
    } finally {
      socket.destroy();
    }
  });
  const health = load.healthPath === undefined ? [] : askHealth(load.port, load.healthPath, end);
  await Promise.all(lanes);
  const seconds = (performance.now() - started) / 1000;
  const delays = await health;
  return {
    throughput: latencies.length / seconds,
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
    ...(delays.length === 0 ? {} : { 'health p99': at(delays, 0.99) }),
  };
}

function at(values: readonly number[], fraction: number): number {
  return quantile(Float64Array.from(values).toSorted(), fraction);
}

async function askHealth(port: number, path: string, end: number): Promise<number[]> {
  const socket = await open(port);
  const answers = new AnswerReader(socket);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  const delays: number[] = [];
  while (performance.now() < end) {
    const asked = performance.now();
    socket.write(request);
    await answers.next();
    delays.push(performance.now() - asked);
    await new Promise((next) => setTimeout(next, 50));
  }
  socket.destroy();
  return delays;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Waits for answers with a `Content-Length` and throws them away. */
class AnswerReader {
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come, or -1 while the head is incomplete. */
  #missing = -1;
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')));
  }

  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #take(chunk: Buffer): void {
    if (this.#missing < 0) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#head.toString('latin1', 0, end);
      const length = /content-length: (\d+)/i.exec(head);
      if (!head.startsWith('HTTP/1.1 200') || length === null) {
        this.#waiting?.reject(new Error(`The server answered ${head} ${this.#head.toString('latin1', end)}`));
        return;
      }
      this.#missing = Number(length[1]) - (this.#head.length - end - HEAD_END.length);
      this.#head = Buffer.alloc(0);
    } else this.#missing -= chunk.length;
    if (this.#missing > 0) return;
    this.#missing = -1;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve();
  }
}
