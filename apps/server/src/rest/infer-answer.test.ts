import { gunzipSync, inflateSync } from 'node:zlib';
import { ProtocolError } from '@switchyard/open-inference';
import { expect, test } from 'vitest';
import { inferBody, openRest } from './__fixtures__/rest-harness.ts';
import { answerWith, TRUTH } from './__fixtures__/scripted-service.ts';

const PATH = '/v2/models/echo/infer';

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url + PATH, { method: 'POST', body, headers: { 'accept-encoding': 'identity', ...headers } });
}

test('JSON in, JSON out, and who computed it', async () => {
  await using rest = await openRest();
  const response = await post(rest.url, inferBody([1, 2.5], { id: 'a' }), { 'x-request-id': 'r-1' });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    id: 'a',
    model_name: 'echo',
    model_version: '1',
    outputs: [{ name: 'x', datatype: 'FP32', shape: [2], data: [1, 2.5] }],
  });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('inference-header-content-length')).toBeNull();
  expect(response.headers.get('switchyard-backend')).toBe('cpu');
  expect(response.headers.get('switchyard-device')).toBe('cpu');
  expect(response.headers.get('switchyard-fallback')).toBeNull();
  expect(response.headers.get('x-request-id')).toBe('r-1');
  expect(rest.service.requests[0]?.context).toMatchObject({
    protocol: 'rest',
    requestId: 'r-1',
    deadline: null,
  });
  expect(rest.records).toEqual([]);
});

test('a fallback is told, in characters that a header takes', async () => {
  await using rest = await openRest();
  const truth = { ...TRUTH, backend: 'b\r\nx: y', fallback: 'gpu wäre besser' };
  rest.service.inferWith = (request) => Promise.resolve(answerWith(request.inputs, request, truth));
  const { headers } = await post(rest.url, inferBody([1]));
  expect(headers.get('switchyard-backend')).toBe('b??x: y');
  expect(headers.get('switchyard-fallback')).toBe('gpu w?re besser');
});

test.each([4, 100_000])('binary in, binary out: %d numbers', async (count) => {
  await using rest = await openRest();
  const blob = new Uint8Array(Float32Array.from({ length: count }, (_, index) => index * 0.1).buffer);
  const json = Buffer.from(
    JSON.stringify({
      inputs: [
        { name: 'x', datatype: 'FP32', shape: [count], parameters: { binary_data_size: blob.length } },
      ],
      parameters: { binary_data_output: true },
    }),
  );
  const response = await post(rest.url, new Uint8Array(Buffer.concat([json, blob])), {
    'Inference-Header-Content-Length': String(json.length),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  const body = Buffer.from(await response.arrayBuffer());
  const headerLength = Number(response.headers.get('inference-header-content-length'));
  expect(JSON.parse(body.subarray(0, headerLength).toString())).toMatchObject({
    outputs: [{ name: 'x', parameters: { binary_data_size: blob.length } }],
  });
  expect(body.subarray(headerLength).equals(blob)).toBe(true);
  await expect.poll(() => rest.memory.used()).toBe(0);
});

test('a header of 0 makes the body the data of the one input', async () => {
  await using rest = await openRest();
  const blob = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
  const response = await post(rest.url, blob, { 'Inference-Header-Content-Length': '0' });
  expect(response.status).toBe(200);
  expect(rest.service.requests[0]?.request.inputs[0]?.shape).toEqual([3]);
});

test.each(['x', '-1', '9999', '12abc', '1, 2', '99999999999999999999'])(
  'a header length of %s is 400',
  async (length) => {
    await using rest = await openRest();
    const response = await post(rest.url, inferBody([1]), { 'Inference-Header-Content-Length': length });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/./) });
    expect(rest.records).toHaveLength(1);
    expect(rest.records[0]).toMatchObject({ protocol: 'rest', model: 'echo', failure: 'OTHER', times: null });
  },
);

test('an unknown model is told before the body is looked at, and is no record', async () => {
  await using rest = await openRest();
  const response = await fetch(`${rest.url}/v2/models/none/infer`, { method: 'POST', body: '{' });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: "Request for unknown model: 'none' is not found" });
  expect(rest.records).toEqual([]);
  expect(rest.service.calls).toEqual([]);
});

test.each([
  [new ProtocolError('unavailable', 'Exceeds maximum queue size', { retryAfterSeconds: 4 }), 503, '4'],
  [new ProtocolError('deadline', 'took too long'), 504, null],
  [new ProtocolError('invalid-argument', 'no such input'), 400, null],
  [new Error('a bug'), 500, null],
])('what the service refuses is answered: %s', async (error, status, retryAfter) => {
  await using rest = await openRest();
  rest.service.inferWith = async () => {
    throw error;
  };
  const response = await post(rest.url, inferBody([1]));
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
  // The service tells of these itself.
  expect(rest.records).toEqual([]);
  expect(rest.unexpected).toHaveLength(status === 500 ? 1 : 0);
});

test('answers are compressed where an operator wants it, from a threshold, and those to infer only', async () => {
  await using rest = await openRest({ compression: { thresholdBytes: 1000 } });
  const large = inferBody(Array.from({ length: 1000 }, (_, index) => index));
  const plain = await (await post(rest.url, large)).text();
  const packed = async (accept: string): Promise<[string | null, string]> => {
    const { promise, resolve, reject } = Promise.withResolvers<[string | null, string]>();
    // Not `fetch`, which unpacks.
    const { request } = await import('node:http');
    const sent = request(
      rest.url + PATH,
      { method: 'POST', headers: { 'accept-encoding': accept } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          const encoding = response.headers['content-encoding'] ?? null;
          if (encoding === 'gzip') resolve([encoding, gunzipSync(body).toString()]);
          else if (encoding === 'deflate') resolve([encoding, inflateSync(body).toString()]);
          else resolve([encoding, body.toString()]);
        });
      },
    );
    sent.on('error', reject);
    sent.end(large);
    return promise;
  };
  expect(await packed('gzip, deflate')).toEqual(['gzip', plain]);
  expect(await packed('gzip;q=0.2, deflate;q=0.5')).toEqual(['deflate', plain]);
  expect(await packed('br')).toEqual([null, plain]);
  expect(await packed('gzip;q=0')).toEqual([null, plain]);
  const small = await post(rest.url, inferBody([1]), { 'accept-encoding': 'gzip' });
  expect([small.headers.get('content-encoding'), small.headers.get('vary')]).toEqual([
    null,
    'Accept-Encoding',
  ]);
  const metadata = await fetch(`${rest.url}/v2/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
  expect(metadata.headers.get('content-encoding')).toBeNull();
});

test('without that option nothing is compressed', async () => {
  await using rest = await openRest();
  const large = inferBody(Array.from({ length: 5000 }, (_, index) => index));
  const response = await post(rest.url, large, { 'accept-encoding': 'gzip, deflate' });
  expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([null, null]);
  expect(((await response.json()) as { outputs: { data: number[] }[] }).outputs[0]?.data).toHaveLength(5000);
});

test('a trace starts with what the client sent and ends with the answer', async () => {
  const told: unknown[] = [];
  await using rest = await openRest({
    tracer: {
      start: (name, parent, attributes) => {
        told.push([name, parent.traceparent, attributes['model']]);
        return {
          part: (part) => void told.push(part),
          set: () => {},
          end: (error) => void told.push(['end', error]),
        };
      },
    },
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await post(rest.url, inferBody([1]), { traceparent });
  await post(rest.url, '{}', {});
  expect(told).toEqual([
    ['infer', traceparent, 'echo'],
    'read',
    'parse',
    ['end', null],
    ['infer', undefined, 'echo'],
    ['end', expect.stringMatching(/./)],
  ]);
  expect(rest.service.requests[0]?.context.span).not.toBeNull();
});
