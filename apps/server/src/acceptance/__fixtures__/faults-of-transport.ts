import { connect as connectHttp2, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Metadata } from '@grpc/grpc-js';
import { ask, call, infer, raw, type Bench } from './fault-bench.ts';
import { grpc, rest, type FaultRow } from './fault-table.ts';
import { encodeCall, type GrpcReply } from './grpc-wire.ts';
import { pause } from './live-server.ts';
import { post, Wire, type Reply } from './wire.ts';

const INFER = '/v2/models/identity_float32/infer';
const HEAD = `POST ${INFER} HTTP/1.1\r\nHost: a\r\n`;
const CALL = '/inference.GRPCInferenceService/ModelInfer';

const floats = (count: number): string =>
  `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,${count}],"data":[${'1,'.repeat(count).slice(0, -1)}]}]}`;
const floatsMessage = (count: number): object => ({
  model_name: 'identity_float32',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [1, count] }],
  raw_input_contents: [Buffer.alloc(count * 4)],
});

/** The first answer to a piece of a request after which nothing comes, `null` when there was none. */
async function stall(bench: Bench, text: string, drip: string | null = null): Promise<Reply | null> {
  const wire = new Wire(bench.server.httpPort);
  wire.socket.write(Buffer.from(text, 'latin1'));
  const timer = drip === null ? null : setInterval(() => wire.socket.write(drip), 30);
  await wire.closed;
  if (timer !== null) clearInterval(timer);
  return wire.unasked[0] ?? null;
}

/** The same for a client that says that it is done. */
async function finish(bench: Bench, text: string): Promise<Reply | null> {
  const wire = new Wire(bench.server.httpPort);
  wire.socket.end(Buffer.from(text, 'latin1'));
  await wire.closed;
  return wire.unasked[0] ?? null;
}

/** Asks for a megabyte again and again without reading. */
async function neverRead(bench: Bench): Promise<null> {
  const socket = connectTcp(bench.server.httpPort, '127.0.0.1');
  socket.on('error', () => {});
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.pause();
  const request = post(
    '/v2/models/huge/infer',
    '{"parameters":{"binary_data_output":true},"inputs":[{"name":"size","datatype":"INT64","shape":[3],"data":[1,1,250000]}]}',
  );
  const timer = setInterval(() => socket.write(request), 20);
  await gone;
  clearInterval(timer);
  return null;
}

function manyChunks(bench: Bench): Promise<Reply | null> {
  const text = floats(35_000);
  const tiny = Array.from({ length: 70_000 }, (_, index) => `1\r\n${text[index]}\r\n`).join('');
  const rest = text.slice(70_000);
  return finish(bench, `${HEAD}Transfer-Encoding: chunked\r\n\r\n${tiny}${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`);
}

interface Attack {
  readonly session: ClientHttp2Session;
  readonly open: (headers?: Record<string, string>) => ClientHttp2Stream;
}

async function attack<Result>(bench: Bench, run: (attack: Attack) => Promise<Result>): Promise<Result> {
  const session = connectHttp2(`http://127.0.0.1:${bench.server.grpcPort}`);
  session.on('error', () => {});
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const open = (headers: Record<string, string> = {}): ClientHttp2Stream => {
    const stream = session.request({ ':method': 'POST', ':path': CALL, 'content-type': 'application/grpc', te: 'trailers', ...headers });
    stream.on('error', () => {});
    stream.resume();
    return stream;
  };
  try {
    return await run({ session, open });
  } finally {
    session.destroy();
  }
}

function framed(message: Uint8Array, claimed: number = message.byteLength, flag: number = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(claimed, 1);
  return Buffer.concat([prefix, message]);
}

/** The status of gRPC in headers or trailers. */
function statusOf(stream: ClientHttp2Stream): Promise<GrpcReply> {
  return new Promise((resolve) => {
    const look = (headers: Readonly<Record<string, string | string[] | number | undefined>>): void => {
      if (headers['grpc-status'] === undefined) return;
      resolve({ code: Number(headers['grpc-status']), text: decodeURIComponent(String(headers['grpc-message'] ?? '')), bytes: null });
    };
    stream.on('response', look);
    stream.on('trailers', look);
    stream.on('close', () => resolve({ code: -1, text: `reset ${stream.rstCode}`, bytes: null }));
  });
}

const sendFrame = (bench: Bench, frame: Buffer, headers: Record<string, string> = {}, isWhole = true): Promise<GrpcReply> =>
  attack(bench, async ({ open }) => {
    const stream = open(headers);
    const status = statusOf(stream);
    if (isWhole) stream.end(frame);
    else stream.write(frame);
    return status;
  });

async function rapidReset(bench: Bench): Promise<null> {
  await attack(bench, async ({ session, open }) => {
    const gone = new Promise((resolve) => session.once('close', resolve));
    const message = framed(encodeCall('ModelInfer', floatsMessage(1)));
    for (let index = 0; index < 5000 && !session.destroyed; index += 1) {
      const stream = open();
      stream.write(message);
      stream.close(constants.NGHTTP2_CANCEL);
      if (index % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    }
    await gone;
  });
  return null;
}

async function pingFlood(bench: Bench): Promise<null> {
  const socket = connectTcp(bench.server.grpcPort, '127.0.0.1');
  socket.on('error', () => {});
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
  socket.pause();
  const flood = Buffer.concat(Array.from({ length: 10_000 }, () => ping));
  for (let round = 0; round < 20 && !socket.destroyed; round += 1) {
    socket.write(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await bench.server.vitals.health();
  socket.destroy();
  return null;
}

async function manyStreams(bench: Bench): Promise<GrpcReply> {
  return attack(bench, async ({ open }) => {
    const message = framed(encodeCall('ModelInfer', floatsMessage(1)));
    const ends = Array.from({ length: 3000 }, () => {
      const stream = open();
      const status = statusOf(stream);
      stream.end(message);
      return status;
    });
    const statuses = await Promise.all(ends);
    const odd = statuses.find(({ code }) => code !== 0 && code !== 14);
    return odd ?? { code: 0, text: '', bytes: null };
  });
}

/** Faults of how a request comes. */
export const TRANSPORT_FAULTS: readonly FaultRow[] = [
  {
    fault: 'Content-Length larger than sent (client stalls)',
    deviation: 'Triton waits for ever.',
    cases: [
      rest('ten of a thousand bytes', 408, 'The body did not come within … milliseconds.', (bench) => stall(bench, `${HEAD}Content-Length: 1000\r\n\r\n0123456789`)),
      rest('a chunk that does not come', 408, 'The body did not come within … milliseconds.', (bench) => stall(bench, `${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n0123456789`)),
      grpc('a frame that does not come', 4, 'The message did not arrive within … milliseconds.', (bench) => sendFrame(bench, framed(Buffer.alloc(10), 1000), {}, false)),
    ],
  },
  {
    fault: 'Content-Length + chunked, bad chunk sizes, bad header chars, header >16 KiB',
    deviation: '',
    cases: [
      rest('a length and chunks', 400, "The request is not valid HTTP: Parse Error: Transfer-Encoding can't be present with Content-Length.", (bench) => finish(bench, `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)),
      rest('a chunk size that is no number', 400, 'The request is not valid HTTP: Parse Error: Invalid character in chunk size.', (bench) => finish(bench, `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n`)),
      rest('a control character in a header', 400, 'The request is not valid HTTP: Parse Error: Invalid header value char.', (bench) => finish(bench, 'GET /v2 HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n')),
      rest('20 kB of headers', 431, 'The headers are larger than this server takes.', (bench) => finish(bench, `GET /v2 HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)),
    ],
  },
  {
    fault: 'oversize body (declared or streamed), per-tensor elements, >64k chunks',
    deviation: 'Triton refuses more than 65 536 chunks with 400; here it is 413, as for everything that is too large.',
    cases: [
      rest('a length of 2 MiB, of 1 that may be', 413, 'The body declared is larger than 1048576 bytes, which are the most.', (bench) => stall(bench, `${HEAD}Content-Length: 2097152\r\n\r\n`)),
      rest('2 MiB in chunks', 413, 'The body sent is larger than 1048576 bytes, which are the most.', (bench) => infer(bench, 'identity_float32', '').then(() => finish(bench, `${HEAD}Transfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(32)}0\r\n\r\n`))),
      rest('300 001 elements, of 300 000 that may be', 413, "input 'x' for model 'identity_float32' has 300001 elements, more than the 300000 that are allowed", (bench) => infer(bench, 'identity_float32', floats(300_001))),
      rest('70 000 chunks', 413, 'The body came in more than 65536 pieces, most of them tiny.', manyChunks),
      grpc('a message of 2 MiB', 8, 'Received message larger than max (2097192 vs 1048576)', (bench) => call(bench, floatsMessage(524_288))),
      grpc('a frame that claims 4 GiB', 8, 'Received message larger than max (4294967295 vs 1048576)', (bench) => sendFrame(bench, framed(Buffer.alloc(0), 0xffff_ffff), {}, false)),
    ],
  },
  {
    fault: 'decompression bomb (512 MiB zeros → 522 kB gzip)',
    deviation: '',
    cases: [
      rest('512 MiB of zeros in 522 kB', 413, 'The body decompressed is larger than 1048576 bytes, which are the most.', (bench) => infer(bench, 'identity_float32', bomb(), ['Content-Encoding: gzip'])),
      rest('`gzip, gzip`', 415, 'The encoding of the body is not known. Send `gzip`, `deflate` or none, and one at most.', (bench) => infer(bench, 'identity_float32', gzipSync(gzipSync('{}')), ['Content-Encoding: gzip, gzip'])),
      rest('gzip that is none', 400, 'The body is not valid gzip: incorrect header check.', (bench) => infer(bench, 'identity_float32', 'no gzip', ['Content-Encoding: gzip'])),
      rest('gzip that is cut off', 400, 'The body is not valid gzip: unexpected end of file.', (bench) => infer(bench, 'identity_float32', gzipSync(floats(500)).subarray(0, 40), ['Content-Encoding: gzip'])),
      grpc('the same bomb', 8, 'Received message that decompresses to a size larger than 1048576', (bench) => sendFrame(bench, framed(bomb(), bomb().length, 1), { 'grpc-encoding': 'gzip' })),
    ],
  },
  {
    fault: 'unknown Content-Encoding',
    deviation: 'Triton answers 501 with the same header; 415 is what HTTP has for it, and clients look at neither.',
    cases: [
      rest('`br`', 415, 'The encoding of the body is not known. Send `gzip`, `deflate` or none, and one at most.', (bench) => infer(bench, 'identity_float32', floats(1), ['Content-Encoding: br'])),
      grpc('`br`', 12, 'Received message compressed with unsupported encoding "br"', (bench) => sendFrame(bench, framed(Buffer.alloc(10), 10, 1), { 'grpc-encoding': 'br' })),
    ],
  },
  {
    fault: 'slowloris headers / body / never reads response',
    deviation: 'Triton waits for ever.',
    cases: [
      rest('headers that never end', 408, 'The request did not come in time.', (bench) => stall(bench, 'GET /v2 HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n')),
      rest('a body of a byte now and then', 408, 'The body did not come within … milliseconds.', (bench) => stall(bench, `${HEAD}Content-Length: 90000\r\n\r\n`, ' ')),
      rest('a client that reads nothing', null, '', neverRead),
      grpc('a call that never ends', 4, 'The message did not arrive within … milliseconds.', (bench) => sendFrame(bench, framed(encodeCall('ModelInfer', floatsMessage(1))), {}, false)),
    ],
  },
  {
    fault: 'http2 rapid reset, ping flood, 100k streams',
    deviation: '',
    cases: [
      grpc('5000 streams that are reset at once: the connection is ended', null, '', rapidReset),
      grpc('200 000 pings whose answers nobody reads', null, '', pingFlood),
      grpc('3000 streams at once, of 256 that may be: each is answered', 0, '', manyStreams),
    ],
  },
  {
    fault: 'client disconnect while queued / running',
    deviation: 'Triton notices that a client of REST is gone when it answers.',
    cases: [
      rest('a client that goes while its request runs and three others wait', null, '', async (bench) => {
        const wires = Array.from({ length: 4 }, () => new Wire(bench.server.httpPort));
        for (const wire of wires) void wire.ask(post('/v2/models/odd/infer', odd([[5, 300]]))).catch(() => {});
        await pause(100);
        for (const wire of wires) wire.socket.resetAndDestroy();
        await Promise.all(wires.map((wire) => wire.closed));
        return null;
      }),
      grpc('the same', 1, 'Cancelled on client', async (bench) => {
        const controller = new AbortController();
        const running = call(bench, oddMessage([[5, 300]]), { signal: controller.signal });
        const queued = call(bench, oddMessage([[0, 1]]), { signal: controller.signal });
        await pause(100);
        controller.abort();
        await queued;
        return running;
      }),
    ],
  },
  {
    fault: 'gRPC deadline passes',
    deviation: '',
    cases: [
      grpc('100 ms for a run of 400', 4, 'Deadline exceeded…', (bench) => call(bench, oddMessage([[5, 400]]), { timeoutMs: 100 })),
      grpc('100 ms for a request that waits for such a run', 4, 'Deadline exceeded…', async (bench) => {
        const running = call(bench, oddMessage([[5, 400]]));
        await pause(30);
        const late = await call(bench, oddMessage([[0, 1]]), { timeoutMs: 100 });
        await running;
        return late;
      }),
    ],
  },
  {
    fault: 'HEAD/OPTIONS/TRACE/CONNECT, absolute-form URIs, `//v2`, encoded slashes, very long URI',
    deviation: 'Triton answers only wrong methods of known paths with 405.',
    cases: [
      rest('`OPTIONS /v2`', 405, 'Method Not Allowed', (bench) => ask(bench, '/v2', 'OPTIONS')),
      rest('`TRACE /v2`', 405, 'Method Not Allowed', (bench) => ask(bench, '/v2', 'TRACE')),
      rest('`CONNECT a:80`', 405, 'Method Not Allowed', (bench) => ask(bench, 'a:80', 'CONNECT')),
      rest('`DELETE` of a model', 405, 'Method Not Allowed', (bench) => ask(bench, '/v2/models/simple', 'DELETE')),
      rest('an absolute URI', 404, 'Not Found', (bench) => ask(bench, 'http://a/v2')),
      rest('`//v2`', 404, 'Not Found', (bench) => ask(bench, '//v2')),
      rest('a slash at the end', 404, 'Not Found', (bench) => ask(bench, '/v2/models/simple/')),
      rest('an encoded slash in a name', 404, "Request for unknown model: 'a/b' is not found", (bench) => ask(bench, '/v2/models/a%2fb/ready')),
      rest('a target of 9000 characters', 414, 'The request target has 9001 characters, and 8192 are the most.', (bench) => ask(bench, `/${'y'.repeat(9000)}`)),
      grpc('a service that there is not', 12, 'The server does not implement the method /nobody.Service/Call', (bench) => attack(bench, async ({ open }) => {
        const stream = open({ ':path': '/nobody.Service/Call' });
        const status = statusOf(stream);
        stream.end();
        return status;
      })),
      grpc('a name of 4 kB in metadata', 0, '', (bench) => {
        const metadata = new Metadata();
        metadata.set('x-long', 'x'.repeat(4096));
        return call(bench, floatsMessage(1), { metadata });
      }),
      rest('a path whose percent signs make no sense', 404, 'Not Found', (bench) => raw(bench, 'GET /v2/models/%zz HTTP/1.1\r\nHost: a\r\n\r\n')),
    ],
  },
];

let packed: Buffer | null = null;
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(512 * 1024 * 1024));
  return packed;
}

/** Rows of the odd backend: what each does, and its tag. */
export function odd(rows: readonly (readonly [code: number, tag: number])[], more: string = ''): string {
  return `{"inputs":[{"name":"x","datatype":"INT32","shape":[${rows.length},2],"data":[${rows.flat().join(',')}]}]${more}}`;
}

export function oddMessage(rows: readonly (readonly [code: number, tag: number])[], model: string = 'odd'): object {
  const blob = Buffer.alloc(rows.length * 8);
  rows.flat().forEach((value, index) => blob.writeInt32LE(value, index * 4));
  return { model_name: model, inputs: [{ name: 'x', datatype: 'INT32', shape: [rows.length, 2] }], raw_input_contents: [blob] };
}
