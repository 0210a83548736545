import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  connectRaw,
  exchangeRaw,
  inferBody,
  inferText,
  openRest,
  type Harness,
} from './__fixtures__/rest-harness.ts';
import { answerWith } from './__fixtures__/scripted-service.ts';

const BODY = inferBody([1, 2, 3]);
const HEAD = 'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\n';

let rest: Harness;
beforeEach(async () => {
  rest = await openRest({
    limits: { headersTimeoutMs: 400, bodyTimeoutMs: 400, maxBodyBytes: 100_000, maxHeaderBytes: 8192 },
  });
});
afterEach(async () => {
  await rest.settled();
  expect(rest.unexpected).toEqual([]);
  await rest[Symbol.asyncDispose]();
});

describe('what is no HTTP', () => {
  test.each([
    ['junk', 'junk\r\n\r\n', 400],
    ['TLS to a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a bad header character', 'GET /v2 HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n', 400],
    ['a space before the colon', 'GET /v2 HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['a folded header', 'GET /v2 HTTP/1.1\r\n Host: a\r\n\r\n', 400],
    ['a bare line feed', 'GET /v2 HTTP/1.1\nHost: a\n\n', 400],
    ['no host', 'GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a content length that is no number', `${HEAD}Content-Length: 1x\r\n\r\nx`, 400],
    ['a negative content length', `${HEAD}Content-Length: -1\r\n\r\n`, 400],
    ['a content length beyond all numbers', `${HEAD}Content-Length: 99999999999999999999999\r\n\r\n`, 400],
    ['two content lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}`, 400],
    [
      'length and chunks',
      `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v2`,
      400,
    ],
    [
      'chunks and length',
      `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nGET /v2`,
      400,
    ],
    ['chunked twice', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    ['a chunk size that is no number', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n`, 400],
    ['a negative chunk size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n-1\r\nxx\r\n`, 400],
    [
      'a chunk size beyond all numbers',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n`,
      400,
    ],
    ['a chunk longer than it says', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nxxxx\r\n0\r\n\r\n`, 400],
    [
      'extensions of chunks without end',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(40_000)}\r\nx\r\n`,
      413,
    ],
    ['huge headers', `${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['many headers', `${HEAD}${'X: y\r\n'.repeat(5000)}\r\n`, 431],
  ])('%s is refused in JSON and ends the connection', async (_, text, status) => {
    const reply = await exchangeRaw(rest.port, Buffer.from(text, 'latin1'));
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(reply).toContain('Content-Type: application/json\r\n');
    const body: unknown = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')));
    expect(body).toEqual({ error: expect.stringMatching(/./) });
    expect(rest.service.requests).toEqual([]);
  });

  test('trailers of chunks without end do not stay', async () => {
    const client = connectRaw(rest.port);
    client.socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`);
    client.socket.write(`X: ${'t'.repeat(60_000)}\r\n`);
    await client.closed;
  });

  test('what was asked before it is answered before it', async () => {
    const answered = Promise.withResolvers<void>();
    rest.service.inferWith = async (request) => {
      await answered.promise;
      return answerWith(request.inputs, request);
    };
    const client = connectRaw(rest.port);
    client.socket.write(`${inferText(BODY)}this is no request\r\n\r\n`);
    await expect.poll(() => rest.service.requests.length).toBe(1);
    expect(client.received()).toBe('');
    answered.resolve();
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 [^]*not valid HTTP/);
  });
});

describe('clients that are slow', () => {
  test('headers that never end are 408', async () => {
    const client = connectRaw(rest.port);
    client.socket.write('GET /v2 HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => client.socket.write('X: y\r\n'), 30);
    await client.closed;
    clearInterval(drip);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 [^]*\{"error":/);
  });

  test('a body that never ends is 408, however much of it comes', async () => {
    const client = connectRaw(rest.port);
    client.socket.write(`${HEAD}Content-Length: 90000\r\n\r\n`);
    const drip = setInterval(() => client.socket.write(' '), 30);
    await client.closed;
    clearInterval(drip);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 [^]*\{"error":/);
    expect(rest.service.requests).toEqual([]);
  });

  test('silence is 408', async () => {
    const client = connectRaw(rest.port);
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('fifty of them at once hold nothing, and others are served', async () => {
    const clients = Array.from({ length: 50 }, () => {
      const client = connectRaw(rest.port);
      client.socket.write(`${HEAD}Content-Length: 100000\r\n\r\n${'x'.repeat(100)}`);
      return client;
    });
    await expect.poll(() => rest.server.connections()).toBe(50);
    expect(await exchangeRaw(rest.port, inferText(BODY, ['Connection: close']))).toMatch(/^HTTP\/1\.1 200 /);
    await Promise.all(clients.map((client) => client.closed));
    expect(rest.memory.used()).toBe(0);
  });
});

describe('clients that go away', () => {
  test.each([
    ['in the headers', 'POST /v2/models/echo/in'],
    ['in the body', `${HEAD}Content-Length: 100\r\n\r\n{`],
    ['in a chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\n{`],
    ['in a compressed body', `${HEAD}Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b`],
    [
      'in the body of a load',
      'POST /v2/repository/models/m/load HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('%s', async (_, text) => {
    for (const end of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const client = connectRaw(rest.port);
      client.socket.write(Buffer.from(text, 'latin1'));
      await expect.poll(() => rest.server.connections()).toBe(1);
      client.socket[end]();
      await expect.poll(() => rest.server.connections()).toBe(0);
    }
    expect(rest.service.requests).toEqual([]);
    expect(rest.service.calls).toEqual([]);
  });

  test('while the model runs: the service is told, nothing is answered, the memory is free', async () => {
    const running = Promise.withResolvers<void>();
    rest.service.inferWith = async (request) => {
      await running.promise;
      return answerWith(request.inputs, request);
    };
    const client = connectRaw(rest.port);
    client.socket.write(inferText(BODY));
    await expect.poll(() => rest.service.requests.length).toBe(1);
    const { signal } = rest.service.requests[0]!.context;
    expect(signal.aborted).toBe(false);
    client.socket.resetAndDestroy();
    await expect.poll(() => signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ problem: 'cancelled' });
    expect(rest.memory.used()).toBe(0);
    // An answer that comes too late reaches nobody, and breaks nothing.
    running.resolve();
  });

  test('while requests wait behind each other: every one of them is told', async () => {
    rest.service.inferWith = () => new Promise(() => {});
    const client = connectRaw(rest.port);
    client.socket.write(inferText(BODY).repeat(5));
    await expect.poll(() => rest.service.requests.length).toBe(5);
    const signals = rest.service.requests.map(({ context }) => context.signal);
    client.socket.destroy();
    await expect.poll(() => signals.map((signal) => signal.aborted)).toEqual([true, true, true, true, true]);
    expect(rest.memory.used()).toBe(0);
  });

  test('a signal that is asked for after the client went is aborted', async () => {
    const client = connectRaw(rest.port);
    rest.service.inferWith = () => new Promise(() => {});
    client.socket.write(inferText(BODY));
    await expect.poll(() => rest.service.requests.length).toBe(1);
    client.socket.destroy();
    await expect.poll(() => rest.server.connections()).toBe(0);
    expect(rest.service.requests[0]!.context.signal.aborted).toBe(true);
  });
});

test('requests behind each other are answered in their order, whichever is done first', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rest.service.inferWith = async (request) => {
    await gates[Number(request.id)]?.promise;
    return answerWith(request.inputs, request);
  };
  const client = connectRaw(rest.port);
  const text = (id: number): string => inferText(inferBody([id], { id: String(id) }));
  client.socket.write(text(0) + text(1) + 'GET /v2/none HTTP/1.1\r\nHost: a\r\n\r\n' + text(2));
  await expect.poll(() => rest.service.requests.length).toBe(3);
  for (const gate of gates.toReversed()) gate.resolve();
  await client.until(/"id":"2"/);
  expect(client.received().match(/"id":"\d"|"Not Found"/g)).toEqual([
    '"id":"0"',
    '"id":"1"',
    '"Not Found"',
    '"id":"2"',
  ]);
  client.socket.destroy();
});
