import https from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { ProtocolError } from '@switchyard/open-inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates, type Certificates } from '../__fixtures__/certificates.ts';
import {
  connectRaw,
  exchangeRaw,
  inferBody,
  inferText,
  openRest,
  restOptions,
} from './__fixtures__/rest-harness.ts';
import { answerWith } from './__fixtures__/scripted-service.ts';
import { createRestServer } from './rest-server.ts';

const BODY = inferBody([1]);
const LIVE = 'GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n';

describe('connections', () => {
  test('an address has no more than its share, and no address has more than there are', async () => {
    await using rest = await openRest({ limits: { maxConnections: 3, maxConnectionsPerAddress: 2 } });
    const first = connectRaw(rest.port);
    const second = connectRaw(rest.port);
    for (const client of [first, second]) {
      client.socket.write(LIVE);
      await client.until(/live/);
    }
    expect(await exchangeRaw(rest.port, LIVE)).toBe('');
    expect(rest.server.connections()).toBe(2);
    first.socket.destroy();
    await expect.poll(() => rest.server.connections()).toBe(1);
    const third = connectRaw(rest.port);
    third.socket.write(LIVE);
    await third.until(/live/);
    for (const client of [second, third]) client.socket.destroy();
    await rest.settled();
  });

  test('all together are no more than the limit', async () => {
    await using rest = await openRest({ limits: { maxConnections: 1, maxConnectionsPerAddress: 5 } });
    const first = connectRaw(rest.port);
    first.socket.write(LIVE);
    await first.until(/live/);
    expect(await exchangeRaw(rest.port, LIVE)).toBe('');
    first.socket.destroy();
    await rest.settled();
  });

  test('are kept for pools of clients, and say for how long', async () => {
    await using rest = await openRest();
    const client = connectRaw(rest.port);
    client.socket.write(LIVE);
    expect(await client.until(/live/)).toMatch(/Keep-Alive: timeout=75\r\n/);
    client.socket.destroy();
  });

  test('a client that does not read its answer is cut off, and its memory is free again', async () => {
    await using rest = await openRest({ limits: { writeTimeoutMs: 200 } });
    rest.service.inferWith = (request) =>
      Promise.resolve(
        answerWith(
          [
            {
              name: 'x',
              datatype: 'UINT8',
              shape: [32 * 1024 * 1024],
              content: { kind: 'bytes', bytes: new Uint8Array(32 * 1024 * 1024) },
              parameters: new Map(),
            },
          ],
          request,
        ),
      );
    const client = connectRaw(rest.port);
    client.socket.pause();
    client.socket.write(inferText(inferBody([1], { parameters: { binary_data_output: true } })));
    await expect.poll(() => rest.memory.used()).toBeGreaterThan(32 * 1024 * 1024);
    await expect.poll(() => rest.server.connections(), { timeout: 10_000 }).toBe(0);
    expect(rest.memory.used()).toBe(0);
    client.socket.destroy();
    await rest.settled();
  });
});

describe('closing', () => {
  test('lets requests come to their end, ends their connections, and takes no new one', async () => {
    await using rest = await openRest();
    const gate = Promise.withResolvers<void>();
    rest.service.inferWith = async (request) => {
      await gate.promise;
      return answerWith(request.inputs, request);
    };
    const busy = connectRaw(rest.port);
    busy.socket.write(inferText(BODY));
    const idle = connectRaw(rest.port);
    idle.socket.write(LIVE);
    await idle.until(/live/);
    const silent = connectRaw(rest.port);
    await expect.poll(() => rest.server.connections()).toBe(3);
    await expect.poll(() => rest.service.requests.length).toBe(1);
    const closed = rest.server.close(60_000);
    await Promise.all([idle.closed, silent.closed]);
    expect(await exchangeRaw(rest.port, LIVE)).toBe('');
    expect(rest.service.requests[0]?.context.signal.aborted).toBe(false);
    gate.resolve();
    await Promise.all([closed, busy.closed]);
    expect(busy.received()).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*"data":\[1/);
    expect(rest.memory.used()).toBe(0);
  });

  test('ends what is left when the time is over, and the service is told', async () => {
    await using rest = await openRest();
    rest.service.inferWith = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new ProtocolError('cancelled', 'gone')));
      });
    const busy = connectRaw(rest.port);
    busy.socket.write(inferText(BODY));
    await expect.poll(() => rest.service.requests.length).toBe(1);
    const patient = rest.server.close(60_000);
    await rest.server.close(0);
    await Promise.all([patient, busy.closed]);
    expect(busy.received()).toBe('');
    await expect.poll(() => rest.service.requests[0]?.context.signal.aborted).toBe(true);
    expect([rest.memory.used(), rest.server.connections()]).toEqual([0, 0]);
  });

  test('can be announced: answers end their connections while new ones are taken', async () => {
    await using rest = await openRest();
    const kept = connectRaw(rest.port);
    kept.socket.write(LIVE);
    await kept.until(/live/);
    rest.server.startDraining();
    kept.socket.write(inferText(BODY));
    await kept.closed;
    expect(kept.received()).toMatch(/HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 [^]*Connection: close\r\n/);
    expect(await exchangeRaw(rest.port, LIVE)).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close\r\n/);
  });

  test('a port that is taken is told', async () => {
    await using rest = await openRest();
    const other = await createRestServer({ ...restOptions(), tls: null });
    await expect(other.listen('127.0.0.1', rest.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await other.close(0);
  });

  test('a server that never listened closes', async () => {
    const server = await createRestServer({ ...restOptions(), tls: null });
    await server.close(0);
  });
});

describe('TLS', () => {
  let made: Certificates;
  let identity: { readonly key: Buffer; readonly cert: Buffer };
  beforeAll(() => {
    made = makeCertificates();
    identity = { key: made.key('localhost'), cert: made.cert('localhost') };
  });
  afterAll(() => made[Symbol.dispose]());

  function ask(port: number, more: https.RequestOptions): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    https
      .get(
        `https://localhost:${port}/v2/health/live`,
        { agent: false, ca: made.cert('ca'), ...more },
        (response) => {
          response.setEncoding('utf8').on('data', resolve);
        },
      )
      .on('error', reject);
    return promise;
  }

  test('with a certificate of the server', async () => {
    await using rest = await openRest({ tls: identity });
    expect(await ask(rest.port, {})).toBe('{"live":true}');
    await expect(ask(rest.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow(/./);
    // Plain HTTP gets no answer, and leaves nothing behind.
    expect(await exchangeRaw(rest.port, LIVE)).not.toContain('200');
    await expect.poll(() => rest.server.connections()).toBe(0);
  });

  test('with a certificate of the client', async () => {
    await using rest = await openRest({ tls: { ...identity, ca: made.cert('ca'), requestCert: true } });
    await expect(ask(rest.port, {})).rejects.toThrow(/./);
    expect(await ask(rest.port, { key: made.key('client'), cert: made.cert('client') })).toBe(
      '{"live":true}',
    );
    await expect(ask(rest.port, { key: made.key('stranger'), cert: made.cert('stranger') })).rejects.toThrow(
      /./,
    );
    await expect.poll(() => rest.server.connections()).toBe(0);
  });

  test('a handshake that does not come is given up', async () => {
    await using rest = await openRest({ tls: identity, limits: { headersTimeoutMs: 200 } });
    // Nothing, the first byte of a record, and the header of a long one with the first bytes of it.
    for (const bytes of [[], [0x16], [0x16, 3, 1, 2, 0, 1, 0]]) {
      const client = connectRaw(rest.port);
      client.socket.write(Uint8Array.from(bytes));
      await client.closed;
    }
    expect(await ask(rest.port, {})).toBe('{"live":true}');
    await expect.poll(() => rest.server.connections()).toBe(0);
  });

  test('an inference over TLS', async () => {
    await using rest = await openRest({ tls: identity });
    const socket = tls.connect({
      port: rest.port,
      host: '127.0.0.1',
      ca: made.cert('ca'),
      servername: 'localhost',
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('close', () => resolve(received));
    socket.write(inferText(BODY, ['Connection: close']));
    expect(await promise).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('pages of other origins', () => {
  const PAGE = { origin: 'https://console.example' };

  test('may not call, unless they are allowed', async () => {
    await using rest = await openRest();
    const send = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const reply = await exchangeRaw(rest.port, inferText(BODY, ['Connection: close', ...lines]));
      expect(reply).not.toContain('Access-Control');
      return Number(reply.slice(9, 12));
    };
    expect(await send({})).toBe(200);
    expect(await send(PAGE)).toBe(403);
    expect(await send({ origin: 'null' })).toBe(403);
    expect(await send({ origin: 'http://a' })).toBe(200);
    const preflight = await fetch(`${rest.url}/v2/models/echo/infer`, {
      method: 'OPTIONS',
      headers: { ...PAGE, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(405);
  });

  test('that are allowed may call and read, others not', async () => {
    await using rest = await openRest({ corsOrigins: [PAGE.origin] });
    const url = `${rest.url}/v2/models/echo/infer`;
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { ...PAGE, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, await preflight.text()]).toEqual([200, '']);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(PAGE.origin);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain(
      'inference-header-content-length',
    );
    const call = await fetch(url, { method: 'POST', body: BODY, headers: PAGE });
    expect([call.status, call.headers.get('access-control-allow-origin')]).toEqual([200, PAGE.origin]);
    expect(call.headers.get('vary')).toContain('Origin');
    const other = await fetch(url, {
      method: 'POST',
      body: BODY,
      headers: { origin: 'https://other.example' },
    });
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

test('it listens on every address of localhost', async () => {
  const server = await createRestServer({ ...restOptions(), tls: null });
  const { port }: AddressInfo = await server.listen('localhost', 0);
  expect(await exchangeRaw(port, LIVE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))).toContain(
    '"live":true',
  );
  await server.close(1000);
});
