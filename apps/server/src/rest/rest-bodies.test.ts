import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createMemoryBudget } from '../operation/memory-budget.ts';
import { connectRaw, exchangeRaw, inferBody, inferText, openRest } from './__fixtures__/rest-harness.ts';

const BODY = inferBody([1, 2, 3]);

function packed(encoding: string, body: Uint8Array, path = '/v2/models/echo/infer'): Buffer {
  return Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: ${encoding}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);
}

test.each([
  ['gzip', gzipSync(BODY)],
  ['GZIP', gzipSync(BODY)],
  ['x-gzip', gzipSync(BODY)],
  ['deflate', deflateSync(BODY)],
  ['identity', Buffer.from(BODY)],
])('a body in %s is unpacked', async (encoding, body) => {
  await using rest = await openRest();
  expect(await exchangeRaw(rest.port, packed(encoding, body))).toMatch(/^HTTP\/1\.1 200 [^]*"data":\[1/);
  await rest.settled();
});

test('the header length counts unpacked bytes, and may be more than Content-Length', async () => {
  await using rest = await openRest();
  const body = inferBody(Array.from({ length: 500 }, () => 1));
  const request = gzipSync(body);
  expect(request.length).toBeLessThan(body.length);
  const reply = await exchangeRaw(
    rest.port,
    `POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: gzip\r\n` +
      `Inference-Header-Content-Length: ${body.length}\r\nContent-Length: ${request.length}\r\n\r\n`,
    request,
  );
  expect(reply).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['gzip', Buffer.from('not gzip at all'), 400],
  ['gzip', gzipSync(BODY).subarray(0, -9), 400],
  ['gzip', Buffer.concat([gzipSync(BODY), Buffer.from('trailing')]), 400],
  ['gzip', deflateSync(BODY), 400],
  ['deflate', deflateRawSync(BODY), 400],
  ['deflate', Buffer.concat([deflateSync(BODY), Buffer.from('trailing')]), 400],
  ['br', Buffer.from('x'), 415],
  ['gzip, gzip', gzipSync(gzipSync(BODY)), 415],
  ['gzip, identity', gzipSync(BODY), 415],
  ['zstd\t', Buffer.from('x'), 415],
])('%s that is none (case %#) is %3$d', async (encoding, body, status) => {
  await using rest = await openRest();
  const reply = await exchangeRaw(rest.port, packed(encoding, body));
  expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\\{"error":"`));
  if (status === 415) expect(reply).toContain('Accept-Encoding: gzip, deflate\r\n');
  await rest.settled();
});

test('a bomb is given up when it is larger than allowed, and holds no memory afterwards', async () => {
  await using rest = await openRest({ limits: { maxBodyBytes: 1_000_000 } });
  for (const pack of [gzipSync, deflateSync]) {
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024));
    const encoding = pack === gzipSync ? 'gzip' : 'deflate';
    for (const path of ['/v2/models/echo/infer', '/v2/repository/models/m/load', '/v2/logging']) {
      expect(await exchangeRaw(rest.port, packed(encoding, bomb, path))).toMatch(/^HTTP\/1\.1 413 /);
    }
  }
  await rest.settled();
});

test('a bomb that is allowed by itself but not by the memory left is 503', async () => {
  await using rest = await openRest({ memory: createMemoryBudget(1_000_000) });
  const reply = await exchangeRaw(rest.port, packed('gzip', gzipSync(Buffer.alloc(8 * 1024 * 1024))));
  expect(reply).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/);
  await rest.settled();
});

test('a body that says that it is too large is refused before it is sent', async () => {
  await using rest = await openRest({ limits: { maxBodyBytes: 1000 } });
  const client = connectRaw(rest.port);
  client.socket.write(
    'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n',
  );
  await client.until(/^HTTP\/1\.1 413 [^]*Connection: close\r\n[^]*larger than 1000 bytes/);
  await client.closed;
  expect(rest.memory.used()).toBe(0);
  await rest.settled();
});

test('who asks before sending is told, and who may send is asked to', async () => {
  await using rest = await openRest({ limits: { maxBodyBytes: 1000 } });
  const large = connectRaw(rest.port);
  large.socket.write(
    'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n',
  );
  await large.until(/^HTTP\/1\.1 413 /);
  await large.closed;
  const small = connectRaw(rest.port);
  const text = inferText(BODY, ['Expect: 100-continue', 'Connection: close']);
  small.socket.write(text.slice(0, text.indexOf('{')));
  await small.until(/^HTTP\/1\.1 100 Continue/);
  small.socket.write(BODY);
  await small.until(/HTTP\/1\.1 200 OK/);
  await small.closed;
  expect(await exchangeRaw(rest.port, inferText(BODY, ['Expect: a-cake']))).toMatch(
    /^HTTP\/1\.1 417 [^]*\{"error":/,
  );
  await rest.settled();
});

test('a body in chunks is read, and counted while it comes', async () => {
  await using rest = await openRest({ limits: { maxBodyBytes: 1000 } });
  const head = 'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';
  const chunks = BODY.split('')
    .map((character) => `1\r\n${character}\r\n`)
    .join('');
  expect(await exchangeRaw(rest.port, `${head}Connection: close\r\n\r\n${chunks}0\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 200 /,
  );
  const client = connectRaw(rest.port);
  client.socket.write(`${head}\r\n`);
  const chunk = `100\r\n${'x'.repeat(256)}\r\n`;
  client.socket.write(chunk.repeat(5));
  await client.until(/^HTTP\/1\.1 413 [^]*Connection: close\r\n/);
  await client.closed;
  await rest.settled();
});

test('a client that stalls takes the memory of what it sent, no slot, and 408', async () => {
  await using rest = await openRest({ limits: { bodyTimeoutMs: 200 } });
  const client = connectRaw(rest.port);
  client.socket.write(
    'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n{"inputs"',
  );
  await expect.poll(() => rest.memory.used()).toBe(65_536);
  await client.until(/^HTTP\/1\.1 408 [^]*Connection: close\r\n[^]*within 200 milliseconds/);
  await client.closed;
  expect(rest.service.requests).toEqual([]);
  expect(rest.records).toMatchObject([{ failure: 'OTHER', error: expect.stringContaining('200') }]);
  await rest.settled();
});

test('memory that is used up is 503 while others are served', async () => {
  await using rest = await openRest({ memory: createMemoryBudget(100_000) });
  const large = connectRaw(rest.port);
  const head = 'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\n';
  large.socket.write(`${head}Content-Length: 90000\r\n\r\n ${' '.repeat(100)}`);
  await expect.poll(() => rest.memory.used()).toBe(90_000);
  const refused = await exchangeRaw(
    rest.port,
    `${head}Connection: close\r\nContent-Length: 20000\r\n\r\n${' '.repeat(20_000)}`,
  );
  expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*memory/);
  expect(rest.records.map((record) => record.failure)).toEqual(['REJECTED']);
  expect(await exchangeRaw(rest.port, inferText(BODY, ['Connection: close']))).toMatch(/^HTTP\/1\.1 200 /);
  large.socket.destroy();
  await rest.settled();
  expect(rest.records.map((record) => record.failure)).toEqual(['REJECTED', 'CANCELED']);
});

test('a small body that nobody reads does not cost the connection', async () => {
  await using rest = await openRest();
  const client = connectRaw(rest.port);
  client.socket.write(inferText(BODY).replace('echo', 'none'));
  await client.until(/^HTTP\/1\.1 404 /);
  expect(client.received()).not.toContain('Connection: close');
  client.socket.write(inferText(BODY, ['Connection: close']));
  await client.until(/HTTP\/1\.1 200 OK/);
  await client.closed;
});

test('the bytes of a body may come one by one', async () => {
  await using rest = await openRest();
  const client = connectRaw(rest.port);
  client.socket.setNoDelay(true);
  for (const character of inferText(BODY, ['Connection: close'])) {
    client.socket.write(character);
    await new Promise(setImmediate);
  }
  await client.until(/^HTTP\/1\.1 200 [^]*"data":\[1/);
  await client.closed;
  await rest.settled();
});

test('seventy thousand chunks of one byte are 413', async () => {
  await using rest = await openRest();
  const client = connectRaw(rest.port);
  client.socket.write('POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  client.socket.write('1\r\n \r\n'.repeat(70_000));
  await client.until(/^HTTP\/1\.1 413 [^]*65536 pieces/);
  await client.closed;
  await rest.settled();
});

test('a body of many pieces arrives whole, with its length declared or not', async () => {
  await using rest = await openRest();
  const values = Array.from({ length: 400_000 }, (_, index) => index % 1000);
  const body = inferBody(values);
  expect(body.length).toBeGreaterThan(1_048_576);
  const head = 'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
  const pieces = body.match(/[^]{1,50000}/g) ?? [];
  const chunked = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
  for (const text of [
    `${head}Content-Length: ${body.length}\r\n\r\n${body}`,
    `${head}Transfer-Encoding: chunked\r\n\r\n${chunked}0\r\n\r\n`,
  ]) {
    const reply = await exchangeRaw(rest.port, text);
    const outputs = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n'))) as { outputs: { data: number[] }[] };
    expect(outputs.outputs[0]?.data).toEqual(values);
  }
  await rest.settled();
});
