import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { parseInferRequest } from '../infer/parse-infer-request.ts';
import { parseHeaderLength } from '../infer/header-length.ts';
import { writeInferResponse } from '../infer/write-infer-response.ts';
import { tensorFrom } from '../tensor/tensor-from.ts';
import { InferenceClientError } from './client-error.ts';
import type { InferenceClient } from './inference-client.ts';
import { createRestClient, type RestClientOptions } from './rest-client.ts';

const limits = { maxElements: 1_000_000, maxDepth: 20 };
const NO_MODEL = "Request for unknown model: 'm' is not found";
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Step = (response: ServerResponse, seen: Seen) => void;

/** A server that answers request k as step k says; the last step stays. */
async function script(...steps: readonly Step[]): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const arrived = { method, url, headers, body: Buffer.concat(chunks) };
      seen.push(arrived);
      try {
        (steps[seen.length - 1] ?? steps.at(-1)!)(response, arrived);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function json(status: number, document: unknown, headers: Readonly<Record<string, string>> = {}): Step {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(document));
}

function connect(baseUrl: string, options: Partial<RestClientOptions> = {}): InferenceClient {
  return createRestClient({ baseUrl, backoffMs: 1, ...options });
}

async function failure(promise: Promise<unknown>): Promise<InferenceClientError> {
  const error: unknown = await promise.then(
    () => new Error('succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof InferenceClientError)) throw error;
  return error;
}

function decompressed({ headers, body }: Seen): Buffer {
  if (headers['content-encoding'] === 'gzip') return gunzipSync(body);
  return headers['content-encoding'] === 'deflate' ? inflateSync(body) : body;
}

/** Answers with the inputs, as the codecs of this package read and write them. */
function echo(compress: boolean): Step {
  return (response, seen) => {
    const body = decompressed(seen);
    const header = seen.headers['inference-header-content-length'];
    const request = parseInferRequest(body, { headerLength: parseHeaderLength(header, body.length), limits });
    const answer = writeInferResponse(
      {
        modelName: 'm',
        modelVersion: '2',
        id: request.id,
        parameters: new Map([['p', 1]]),
        outputs: request.inputs.map((input) => ({ ...input, name: `${input.name}_out` })),
      },
      request,
      { nonFinite: 'token' },
    );
    const bytes = Buffer.concat(answer.chunks);
    response.writeHead(200, {
      'content-type': answer.contentType,
      ...(answer.headerLength === null
        ? {}
        : { 'inference-header-content-length': String(answer.headerLength) }),
      ...(compress ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(compress ? gzipSync(bytes) : bytes);
  };
}

const inputs = [
  tensorFrom('X', 'FP32', [2, 2], [1.5, NaN, -2, Infinity]),
  tensorFrom('S', 'BYTES', [1], ['größe']),
  tensorFrom('L', 'INT64', [1], [2n ** 60n + 1n]),
];

describe('a client of REST', () => {
  it('asks everything there is to ask, under the paths of the protocol', async () => {
    const { url, seen } = await script(
      json(200, { live: true }),
      json(200, { live: true, ready: false }),
      json(200, { name: 's', version: '1' }),
      json(200, { name: 'm', ready: true }),
      json(200, {
        name: 'm',
        platform: 'p',
        inputs: [{ name: 'X', datatype: 'FP32', shape: ['-1', 3], more: 1 }],
      }),
      json(200, { name: 'm', max_batch_size: 8 }),
      json(200, { model_stats: [{ name: 'm' }] }),
      json(200, { model_stats: [] }),
      json(200, [{ name: 'a' }, { name: 'b', version: '1', state: 'READY', reason: '' }]),
      (response) => response.end(),
    );
    const client = connect(`${url}/prefix//`, { apiKey: 'k', headers: { 'x-a': '1' } });
    expect(await client.live()).toBe(true);
    expect(await client.ready()).toBe(false);
    expect(await client.serverMetadata()).toEqual({ name: 's', version: '1', extensions: [] });
    expect(await client.modelReady('a b', { version: '3' })).toBe(true);
    expect(await client.modelMetadata('m')).toEqual({
      name: 'm',
      versions: [],
      platform: 'p',
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [],
      properties: {},
    });
    expect(await client.modelConfig('m')).toEqual({ name: 'm', max_batch_size: 8 });
    expect(await client.statistics('m', { version: '2' })).toEqual([{ name: 'm' }]);
    expect(await client.statistics(null)).toEqual([]);
    expect(await client.repositoryIndex({ onlyReady: true })).toEqual([
      { name: 'a' },
      { name: 'b', version: '1', state: 'READY' },
    ]);
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
    await client.load('m', { parameters: { config: '{}', 'file:1/model.onnx': bytes } });
    await client.unload('m', { headers: { 'x-a': '2' } });
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /prefix/v2/health/live',
      'GET /prefix/v2/health/ready',
      'GET /prefix/v2',
      'GET /prefix/v2/models/a%20b/versions/3/ready',
      'GET /prefix/v2/models/m',
      'GET /prefix/v2/models/m/config',
      'GET /prefix/v2/models/m/versions/2/stats',
      'GET /prefix/v2/models/stats',
      'POST /prefix/v2/repository/index',
      'POST /prefix/v2/repository/models/m/load',
      'POST /prefix/v2/repository/models/m/unload',
    ]);
    expect(seen[0]!.headers).toMatchObject({ authorization: 'Bearer k', 'x-a': '1' });
    expect(seen.at(-1)!.headers['x-a']).toBe('2');
    expect(JSON.parse(seen[8]!.body.toString())).toEqual({ ready: true });
    expect(JSON.parse(seen[9]!.body.toString())).toEqual({
      parameters: { config: '{}', 'file:1/model.onnx': Buffer.from(bytes).toString('base64') },
    });
  });

  it.each([
    ['in binary', true, undefined, false],
    ['in JSON', false, undefined, false],
    ['in binary, gzip there and back', true, 'gzip', true],
    ['in JSON, deflate there', false, 'deflate', true],
  ] as const)('infers %s', async (_, binary, compression, compressedAnswer) => {
    const { url, seen } = await script(echo(compressedAnswer));
    const client = connect(url, compression === undefined ? {} : { compression });
    const result = await client.infer('m', { inputs, id: 'a', version: '2', binary });
    expect(result).toMatchObject({ modelName: 'm', modelVersion: '2', id: 'a' });
    expect(result.parameters).toEqual(new Map([['p', 1]]));
    expect(result.output('X_out').values()).toEqual(Float32Array.of(1.5, NaN, -2, Infinity));
    expect(result.output('S_out').values()).toEqual(['größe']);
    expect(result.output('L_out').values()).toEqual(BigInt64Array.of(2n ** 60n + 1n));
    expect(seen[0]!.url).toBe('/v2/models/m/versions/2/infer');
    expect(seen[0]!.headers['content-encoding']).toBe(compression);
    expect(seen[0]!.headers['inference-header-content-length'] === undefined).toBe(!binary);
  });

  it('names outputs with and without parameters', async () => {
    const { url, seen } = await script(json(200, { model_name: 'm', outputs: [] }));
    const parameters = new Map([['classification', 3]]);
    await connect(url).infer('m', {
      inputs: inputs.slice(0, 1),
      outputs: ['A', { name: 'B', parameters }],
      parameters: { priority: 1 },
      binary: false,
    });
    expect(parseInferRequest(seen[0]!.body, { headerLength: null, limits })).toMatchObject({
      outputs: [{ name: 'A' }, { name: 'B', parameters }],
      parameters: new Map([['priority', 1]]),
    });
  });

  it.each([
    [400, { error: 'Bad shape' }, 'invalid-argument'],
    [401, { error: 'Who?' }, 'unauthenticated'],
    [403, { error: 'No' }, 'permission-denied'],
    [404, { error: NO_MODEL }, 'not-found'],
    [413, { error: 'Large' }, 'too-large'],
    [422, { error: 'MLServer' }, 'invalid-argument'],
    [500, { error: 'Broke' }, 'internal'],
    [501, { error: 'Never' }, 'unsupported'],
    [504, { error: 'Late' }, 'deadline'],
  ] as const)("has the server's text for %i", async (status, document, problem) => {
    const { url, seen } = await script(json(status, document));
    const error = await failure(connect(url).infer('m', { inputs: [] }));
    expect(error).toMatchObject({ message: document.error, problem, status, notExecuted: false });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['<html>Bad Gateway</html>', '<html>Bad Gateway</html>'],
    ['{"detail":"no"}', '{"detail":"no"}'],
    ['{"error":{"code":1}}', '{"error":{"code":1}}'],
    ['', /^GET http:.*\/v2\/models\/m answered 502\.$/],
    ['x'.repeat(9000), 'x'.repeat(2000)],
  ])('has a text where the server sent none of the protocol: %.20s', async (body, message) => {
    const { url } = await script((response) => response.writeHead(502).end(body));
    const error = await failure(connect(url).modelMetadata('m'));
    expect(error).toMatchObject({ problem: 'internal', status: 502 });
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  it('takes a redirect for an answer', async () => {
    const { url } = await script((response) => response.writeHead(301, { location: '/' }).end());
    expect(await failure(connect(url).serverMetadata())).toMatchObject({ problem: 'internal', status: 301 });
  });

  it.each([400, 503])('takes %i for an answer about health, and does not ask again', async (status) => {
    const { url, seen } = await script((response) => response.writeHead(status).end());
    expect(await connect(url).ready()).toBe(false);
    expect(await connect(url).live()).toBe(false);
    expect(await connect(url).modelReady('m')).toBe(false);
    expect(seen).toHaveLength(3);
  });

  it('does not take an unknown model, or an empty body, for a model that is not ready', async () => {
    const { url } = await script(json(404, { error: NO_MODEL }), (response) => response.end());
    expect((await failure(connect(url).modelReady('m'))).message).toBe(NO_MODEL);
    expect(await connect(url).modelReady('m')).toBe(true);
  });

  it('infers again after 503, as often as it may', async () => {
    const busy = json(503, { error: 'Exceeds maximum queue size' });
    const { url, seen } = await script(busy, busy, echo(false));
    expect((await connect(url).infer('m', { inputs })).outputs).toHaveLength(3);
    expect(seen).toHaveLength(3);
    expect(seen[2]!.body).toEqual(seen[0]!.body);
    const again = await script(busy);
    const error = await failure(connect(again.url).infer('m', { inputs }, { retries: 1 }));
    expect(error).toMatchObject({ status: 503, problem: 'unavailable', notExecuted: true });
    expect(again.seen).toHaveLength(2);
  });

  it.each([
    ['0', 0, 2],
    ['3600', 3600, 1],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0, 2],
    ['soon', null, 2],
  ])('takes Retry-After `%s` at its word', async (header, retryAfterSeconds, requests) => {
    const { url, seen } = await script(json(503, { error: 'later' }, { 'retry-after': header }));
    const error = await failure(connect(url).infer('m', { inputs }, { retries: 1 }));
    expect(error.retryAfterSeconds).toBe(retryAfterSeconds);
    expect(seen).toHaveLength(requests);
  });

  it('does not wait for a retry that its time does not allow', async () => {
    const { url, seen } = await script(json(503, { error: 'later' }, { 'retry-after': '20' }));
    const error = await failure(connect(url).infer('m', { inputs }, { timeoutMs: 10_000 }));
    expect(error).toMatchObject({ message: 'later', retryAfterSeconds: 20 });
    expect(seen).toHaveLength(1);
  });

  it('asks again after 429 only when the server says when', async () => {
    const { url, seen } = await script(
      json(429, { error: 'slow' }, { 'retry-after': '0' }),
      json(429, { error: 'slow' }),
    );
    expect(await failure(connect(url).infer('m', { inputs }))).toMatchObject({ problem: 'rate-limited' });
    expect(seen).toHaveLength(2);
  });

  it('reads again, but does not infer again, when a connection breaks after the request was sent', async () => {
    const broken: Step = (response) => response.destroy();
    const reading = await script(broken, json(200, { name: 's', version: '1' }));
    expect(await connect(reading.url).serverMetadata()).toMatchObject({ name: 's' });
    const inferring = await script(broken);
    const error = await failure(connect(inferring.url).infer('m', { inputs }));
    expect(error).toMatchObject({ problem: 'unavailable', status: null, notExecuted: false });
    expect(inferring.seen).toHaveLength(1);
    const loading = await script(broken);
    await failure(connect(loading.url).load('m'));
    expect(loading.seen).toHaveLength(1);
  });

  it('says that nobody is there, which was safe to ask again', async () => {
    const { url } = await script();
    for (const close of closing.splice(0)) close();
    let attempts = 0;
    const counted: typeof fetch = async (...parameters) => {
      attempts += 1;
      return fetch(...parameters);
    };
    const error = await failure(connect(url, { fetch: counted }).infer('m', { inputs }));
    expect(error).toMatchObject({ problem: 'unavailable', status: null, notExecuted: true });
    expect(error.message).toContain('ECONNREFUSED');
    expect(attempts).toBe(3);
    expect((await failure(connect(url).ready({ retries: 0 }))).problem).toBe('unavailable');
  });

  it.each([
    ['before an answer', () => {}],
    [
      'in the middle of one',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '100' }).write('{'),
    ],
  ])('ends at its time and on its signal %s', async (_, stall) => {
    const { url, seen } = await script((response) => void stall(response));
    const client = connect(url);
    const late = await failure(client.infer('m', { inputs }, { timeoutMs: 100 }));
    expect(late).toMatchObject({ problem: 'deadline', message: 'the call took longer than its 100 ms.' });
    const abort = new AbortController();
    const call = failure(client.serverMetadata({ signal: abort.signal }));
    await expect.poll(() => seen.length).toBe(2);
    abort.abort('enough');
    expect(await call).toMatchObject({ problem: 'cancelled', cause: 'enough' });
    expect((await failure(client.live({ signal: AbortSignal.abort() }))).problem).toBe('cancelled');
    expect(seen).toHaveLength(2);
  });

  it('ends while it waits for a retry', async () => {
    const abort = new AbortController();
    const { url, seen } = await script((response) => {
      response.writeHead(503, { 'retry-after': '20' }).end();
      setTimeout(() => abort.abort(), 50);
    });
    const error = await failure(connect(url).infer('m', { inputs }, { signal: abort.signal }));
    expect(error.problem).toBe('cancelled');
    expect(seen).toHaveLength(1);
  });

  it('says that an answer ended early, and reads such a one again', async () => {
    const cut: Step = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"name":');
      setImmediate(() => response.destroy());
    };
    const { url, seen } = await script(cut);
    const error = await failure(connect(url).infer('m', { inputs }));
    expect(error).toMatchObject({ problem: 'internal', status: 200, notExecuted: false });
    expect(error.message).toContain('ended early');
    expect(seen).toHaveLength(1);
    const again = await script(cut, json(200, { name: 's', version: '1' }));
    expect(await connect(again.url).serverMetadata()).toMatchObject({ name: 's' });
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['is no JSON', '<html>', {}],
    ['has no outputs', '{"model_name":"m"}', {}],
    ['lies about the length of its JSON', '{"outputs":[]}', { 'inference-header-content-length': '999' }],
    ['has a length that is none', '{"outputs":[]}', { 'inference-header-content-length': 'x' }],
    [
      'is cut in its binary part',
      '{"outputs":[{"name":"Y","datatype":"FP32","shape":[2],"parameters":{"binary_data_size":8}}]}abc',
      { 'inference-header-content-length': '89' },
    ],
    ['is a lie about compression', 'abc', { 'content-encoding': 'gzip' }],
  ])('refuses an answer to infer that %s', async (_, body, headers) => {
    const { url, seen } = await script((response) => response.writeHead(200, headers).end(body));
    const error = await failure(connect(url).infer('m', { inputs }));
    expect(error).toMatchObject({ problem: 'internal', status: 200 });
    expect(error.message).toContain('cannot be read');
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['serverMetadata', '[]'],
    ['serverMetadata', 'null'],
    ['modelConfig', '"x"'],
    ['modelMetadata', '{"inputs":[1]}'],
    ['statistics', '{}'],
    ['repositoryIndex', '{}'],
  ] as const)('refuses an answer to %s that is %s', async (method, body) => {
    const { url } = await script((response) => response.end(body));
    const client = connect(url, { retries: 0 });
    const calls = {
      serverMetadata: async () => client.serverMetadata(),
      modelConfig: async () => client.modelConfig('m'),
      modelMetadata: async () => client.modelMetadata('m'),
      statistics: async () => client.statistics('m'),
      repositoryIndex: async () => client.repositoryIndex(),
    };
    expect(await failure(calls[method]())).toMatchObject({ problem: 'internal', status: 200 });
  });
});
