import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
} from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { expect, test, vi } from 'vitest';
import { grpcBench, inferMessage, type GrpcBench } from './__fixtures__/grpc-bench.ts';

const PATH = '/inference.GRPCInferenceService/ModelInfer';
const HEADERS = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };

function session(bench: GrpcBench): ClientHttp2Session {
  const opened = connectHttp2(`http://127.0.0.1:${bench.port}`);
  opened.on('error', () => {});
  return opened;
}

function request(on: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = on.request({ ...HEADERS, ':path': PATH, ...headers });
  stream.on('error', () => {});
  stream.resume();
  return stream;
}

/** The status in headers or trailers. */
function statusOf(stream: ClientHttp2Stream): Promise<{ code: string; message: string }> {
  return new Promise((resolve) => {
    const look = (headers: Readonly<Record<string, string | string[] | number | undefined>>): void => {
      if (headers['grpc-status'] === undefined) return;
      resolve({ code: String(headers['grpc-status']), message: String(headers['grpc-message']) });
    };
    stream.on('response', look);
    stream.on('trailers', look);
    stream.on('close', () => resolve({ code: `reset ${stream.rstCode}`, message: '' }));
  });
}

function framed(message: Uint8Array, claimed = message.byteLength, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(claimed, 1);
  return Buffer.concat([prefix, message]);
}

/** After every attack: others are served, and nothing is left of it. */
async function survived(bench: GrpcBench): Promise<void> {
  const client = bench.client();
  expect((await client.health('Check', { service: '' })).response).toEqual({ status: 'SERVING' });
  expect((await client.infer('echo')).code).toBe(0);
  client.close();
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]), 10_000);
  expect(bench.unexpected).toEqual([]);
}

test('streams that are reset as soon as they are opened', async () => {
  await using bench = await grpcBench();
  const attacker = session(bench);
  const gone = new Promise((resolve) => attacker.once('close', resolve));
  await new Promise((resolve) => attacker.once('remoteSettings', resolve));
  for (let index = 0; index < 5000 && !attacker.destroyed; index += 1) {
    const stream = request(attacker);
    stream.write(framed(inferMessage('held')));
    stream.close(constants.NGHTTP2_CANCEL);
    if (index % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  // Node.js counts resets and ends a connection with too many of them.
  await gone;
  await survived(bench);
});

test('more streams than a connection may have', async () => {
  await using bench = await grpcBench({ bounds: { maxConcurrentStreams: 8 } });
  const attacker = session(bench);
  await new Promise((resolve) => attacker.once('remoteSettings', resolve));
  const streams = Array.from({ length: 64 }, () => request(attacker));
  for (const stream of streams) stream.end(framed(inferMessage('held')));
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(8));
  expect(bench.server.calls()).toBe(8);
  attacker.destroy();
  await survived(bench);
});

test('a flood of pings', async () => {
  await using bench = await grpcBench();
  const attacker = connectTcp(bench.port, '127.0.0.1');
  attacker.on('error', () => {});
  const gone = new Promise((resolve) => attacker.once('close', resolve));
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  attacker.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
  // Nobody reads the answers.
  attacker.pause();
  const flood = Buffer.concat(Array.from({ length: 10_000 }, () => ping));
  while (!attacker.destroyed) {
    attacker.write(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await gone;
  await survived(bench);
});

test('messages that never come to their end hold what came of them, and not for ever', async () => {
  await using bench = await grpcBench({
    bounds: { maxInFlightBytes: 1_000_000, bodyTimeoutMs: 500, writeTimeoutMs: 500 },
  });
  const attacker = session(bench);
  const started = Array.from({ length: 16 }, () => request(attacker));
  const ends = started.map(statusOf);
  // Each claims more than all may have together, and sends a little.
  for (const stream of started) stream.write(framed(new Uint8Array(1000), 60_000_000));
  await vi.waitFor(() => expect(bench.memory.used()).toBeGreaterThan(0));
  expect(bench.memory.used()).toBeLessThan(16 * 4000);
  expect((await bench.client().infer('echo')).code).toBe(0);
  for (const end of ends) expect(await end).toMatchObject({ code: '4' });
  // The attacker still does not end its side.
  await survived(bench);
  expect(attacker.destroyed).toBe(false);
  attacker.destroy();
});

test('messages in pieces of one byte are counted with what a piece costs', async () => {
  await using bench = await grpcBench({ bounds: { maxInFlightBytes: 200_000 } });
  const attacker = session(bench);
  const other = request(attacker);
  other.write(framed(new Uint8Array(100), 50_000));
  const stream = request(attacker);
  const end = statusOf(stream);
  stream.write(framed(new Uint8Array(0), 100_000));
  for (let index = 0; index < 2000 && !stream.closed; index += 1) {
    await new Promise((resolve) => stream.write(Buffer.from([1]), resolve));
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await end).toMatchObject({ code: '8' });
  attacker.destroy();
  await survived(bench);
});

test('compressed messages are refused when they might not fit unpacked', async () => {
  await using bench = await grpcBench({ bounds: { maxInFlightBytes: 1_000_000 } });
  const attacker = session(bench);
  const first = request(attacker);
  first.write(framed(new Uint8Array(100), 50_000));
  const stream = request(attacker, { 'grpc-encoding': 'gzip' });
  stream.end(framed(new Uint8Array(10_000), 10_000, 1));
  expect(await statusOf(stream)).toMatchObject({ code: '8' });
  attacker.destroy();
  await survived(bench);
});

test('unknown encodings and bytes that are not compressed as they say', async () => {
  await using bench = await grpcBench();
  const attacker = session(bench);
  const sent = async (encoding: string): Promise<string> => {
    const stream = request(attacker, { 'grpc-encoding': encoding });
    stream.end(framed(new Uint8Array(10), 10, 1));
    return (await statusOf(stream)).code;
  };
  expect(await sent('br')).toBe('12');
  expect(await sent('gzip')).toBe('13');
  expect(await sent('deflate')).toBe('13');
  attacker.destroy();
  await survived(bench);
});

test('calls without a message, with two, with no end, and with a length beyond the limit', async () => {
  await using bench = await grpcBench({ bounds: { bodyTimeoutMs: 500, writeTimeoutMs: 500 } });
  const attacker = session(bench);
  const message = framed(inferMessage('echo'));
  const none = request(attacker);
  none.end();
  expect(await statusOf(none)).toMatchObject({ code: '12' });
  const two = request(attacker);
  two.end(Buffer.concat([message, message]));
  expect(await statusOf(two)).toMatchObject({ code: '12' });
  const long = request(attacker);
  long.write(framed(new Uint8Array(0), 0xffff_ffff));
  expect(await statusOf(long)).toMatchObject({ code: '8' });
  const open = request(attacker);
  open.write(message);
  expect(await statusOf(open)).toMatchObject({ code: '4' });
  attacker.destroy();
  await survived(bench);
});

test('paths, methods, types and times that are none', async () => {
  await using bench = await grpcBench();
  const attacker = session(bench);
  const odd = request(attacker, { ':path': `/${'x'.repeat(5000)}\u00ff%00` });
  odd.end();
  expect(await statusOf(odd)).toMatchObject({ code: '12' });
  const json = attacker.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/json' });
  const answered = new Promise<unknown>((resolve) => json.on('response', resolve));
  json.end('{}');
  expect(await answered).toMatchObject({ ':status': 415 });
  const late = request(attacker, { 'grpc-timeout': 'soon' });
  late.end(framed(inferMessage('echo')));
  expect(await statusOf(late)).toMatchObject({ code: '13' });
  // More milliseconds than 32 bits hold, which is no deadline that was missed.
  for (const endless of ['99999999H', '1000H', '99999999S']) {
    const patient = request(attacker, { 'grpc-timeout': endless });
    patient.end(framed(inferMessage('echo')));
    expect(await statusOf(patient)).toMatchObject({ code: '0' });
  }
  attacker.destroy();
  await survived(bench);
});

test('metadata that gRPC does not allow is left out, and nothing is printed about it', async () => {
  await using bench = await grpcBench();
  const printed = vi.spyOn(console, 'error');
  const attacker = session(bench);
  const stream = request(attacker, { 'a^b': 'x', 'x-latin': '\u00fc', 'x-request-id': 'kept' });
  stream.end(framed(inferMessage('echo')));
  expect(await statusOf(stream)).toMatchObject({ code: '0' });
  expect(bench.service.contexts[0]!.requestId).toBe('kept');
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  attacker.destroy();
  await survived(bench);
});

test('headers beyond the limit end the stream that has them', async () => {
  await using bench = await grpcBench({ bounds: { maxHeaderBytes: 4096 } });
  const attacker = session(bench);
  await new Promise((resolve) => attacker.once('remoteSettings', resolve));
  const stream = request(attacker, { 'x-large': 'x'.repeat(20_000) });
  stream.end(framed(inferMessage('echo')));
  expect((await statusOf(stream)).code).toMatch(/^reset|^431$/);
  expect(bench.service.contexts).toEqual([]);
  attacker.destroy();
  await survived(bench);
});

test('more connections than all or one address may have', async () => {
  for (const bounds of [{ maxConnections: 3 }, { maxConnectionsPerAddress: 3 }]) {
    await using bench = await grpcBench({ bounds });
    const sessions = Array.from({ length: 10 }, () => session(bench));
    await vi.waitFor(() => expect(sessions.filter((one) => one.destroyed)).toHaveLength(7));
    expect(bench.server.connections()).toBe(3);
    for (const one of sessions) one.destroy();
    await vi.waitFor(() => expect(bench.server.connections()).toBe(0));
    await survived(bench);
  }
});

test('what is not HTTP/2 at all', async () => {
  await using bench = await grpcBench();
  for (const bytes of [
    'GET / HTTP/1.1\r\n\r\n',
    '\0'.repeat(1000),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff',
  ]) {
    const socket = connectTcp(bench.port, '127.0.0.1');
    socket.on('error', () => {});
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.end(Buffer.from(bytes, 'latin1'));
    await gone;
  }
  await survived(bench);
});
