import { ProtocolError } from '@switchyard/open-inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeRaw, openRest, type Harness } from './__fixtures__/rest-harness.ts';

let rest: Harness;
beforeAll(async () => {
  rest = await openRest({
    metrics: { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') },
  });
});
afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

async function ask(method: string, path: string, body?: string): Promise<Reply> {
  const response = await fetch(rest.url + path, { method, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : JSON.parse(text), headers: response.headers };
}

describe('answers', () => {
  test.each([
    ['/v2', { name: 'triton', version: '1.2.3', extensions: ['binary_tensor_data'] }],
    ['/v2/', { name: 'triton', version: '1.2.3', extensions: ['binary_tensor_data'] }],
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { live: true, ready: true }],
    ['/v2/models/echo/ready', { name: 'echo', ready: true }],
    ['/v2/models/echo/versions/1/ready', { name: 'echo', ready: true }],
    ['/v2/models/echo/config', { name: 'echo', max_batch_size: 0 }],
    ['/v2/models/stats', { model_stats: [] }],
    ['/v2/models/echo/stats?a=b', { model_stats: [] }],
    ['/v2/trace/setting', { trace_level: ['OFF'], of: '' }],
    ['/v2/models/echo/trace/setting', { trace_level: ['OFF'], of: 'echo' }],
    ['/v2/logging', { log_info: true }],
    ['/v2/systemsharedmemory/status', []],
  ])('GET %s', async (path, expected) => {
    const { status, body, headers } = await ask('GET', path);
    expect([status, body]).toEqual([200, expected]);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).toMatch(/^[\da-f]{12}-\d+$/);
  });

  test('metadata of the version that is named', async () => {
    const { body } = await ask('GET', '/v2/models/echo/versions/1');
    expect(body).toMatchObject({
      name: 'echo',
      platform: 'onnxruntime_onnx',
      properties: { backend: 'cpu' },
    });
    expect(rest.service.calls.at(-1)).toBe('metadata echo 1');
  });

  test('the page of metrics is text', async () => {
    const response = await fetch(`${rest.url}/metrics`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain; version=0.0.4',
      'up 1\n',
    ]);
  });

  test('not ready is 503 with an error, not a body that says so', async () => {
    rest.service.isReady = false;
    const { status, body, headers } = await ask('GET', '/v2/health/ready');
    rest.service.isReady = true;
    expect([status, body]).toEqual([503, { error: 'The server is not ready.' }]);
    expect(headers.get('retry-after')).toBe('1');
    expect(await ask('GET', '/v2/models/echo/versions/2/ready')).toMatchObject({
      status: 503,
      body: { error: 'Model version not ready' },
    });
  });
});

describe('the repository', () => {
  test('index, with and without a body', async () => {
    expect((await ask('POST', '/v2/repository/index')).body).toEqual([
      { name: 'echo', version: '1', state: 'READY' },
    ]);
    expect((await ask('POST', '/v2/repository/index', '{"ready":true}')).body).toEqual([]);
    expect(await ask('POST', '/v2/repository/index', '{"ready":"yes"}')).toMatchObject({
      status: 400,
      body: { error: "Invalid value for 'ready': expected a boolean" },
    });
  });

  test('load hands over its parameters, files unpacked, and answers with nothing', async () => {
    const { status, body } = await ask(
      'POST',
      '/v2/repository/models/m/load',
      JSON.stringify({ parameters: { config: '{}', 'file:1/model.onnx': 'AAEC' } }),
    );
    expect([status, body]).toEqual([200, '']);
    expect(rest.service.calls.at(-1)).toBe('load m [["config","{}"],["file:1/model.onnx",[0,1,2]]]');
    expect((await ask('POST', '/v2/repository/models/m/load')).status).toBe(200);
    expect(rest.service.calls.at(-1)).toBe('load m []');
  });

  test.each([
    ['{"parameters":{"file:1/m":"A*"}}', /failed to load 'm', load failed for model 'm'.*not base64/],
    ['{"parameters":{"config":{}}}', /parameter 'config' has invalid type/],
    ['{"parameters":[]}', /expected an object/],
    ['[]', /not a JSON object/],
    ['{', /./],
  ])('load refuses %s', async (given, text) => {
    const { status, body } = await ask('POST', '/v2/repository/models/m/load', given);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toMatch(text);
  });

  test('unload', async () => {
    const given = '{"parameters":{"unload_dependents":true}}';
    expect((await ask('POST', '/v2/repository/models/m/unload', given)).body).toBe('');
    expect(rest.service.calls.at(-1)).toBe('unload m [["unload_dependents",true]]');
  });

  test('a repository cannot be named', async () => {
    for (const path of [
      '/v2/repository/r/index',
      '/v2/repository/r/models/m/load',
      '/v2/repository/r/models/m/unload',
    ]) {
      expect(await ask('POST', path)).toMatchObject({
        status: 501,
        body: { error: "'repository_name' specification is not supported" },
      });
    }
  });
});

describe('settings and shared memory', () => {
  test('traces: words, lists and null', async () => {
    const given =
      '{"trace_level":["TIMESTAMPS"],"trace_rate":"5","trace_count":7,"log_frequency":null,"__proto__":"x"}';
    expect((await ask('POST', '/v2/models/echo/trace/setting', given)).status).toBe(200);
    expect(rest.service.calls.at(-1)).toBe(
      'trace echo [["trace_level",["TIMESTAMPS"]],["trace_rate","5"],["trace_count","7"],["log_frequency",null],["__proto__","x"]]',
    );
    expect((await ask('POST', '/v2/trace/setting', '{"trace_rate":{}}')).body).toEqual({
      error: "Unable to parse 'trace_rate': expected a string, a list of strings or null",
    });
  });

  test('logging', async () => {
    expect((await ask('POST', '/v2/logging', '{"log_verbose_level":2,"log_info":false}')).body).toEqual({
      log_info: true,
    });
    expect(rest.service.calls.at(-1)).toBe('log [["log_verbose_level",2],["log_info",false]]');
  });

  test('regions of system shared memory come and go', async () => {
    const path = '/v2/systemsharedmemory/region/r%201';
    expect((await ask('POST', `${path}/register`, '{"key":"/k","byte_size":64}')).body).toBe('');
    expect((await ask('GET', `${path}/status`)).body).toEqual([
      { name: 'r 1', key: '/k', offset: 0, byte_size: 64 },
    ]);
    expect((await ask('POST', `${path}/register`, '{"key":"/k"}')).status).toBe(400);
    expect((await ask('POST', `${path}/register`, '{"key":1,"byte_size":1}')).status).toBe(400);
    expect((await ask('POST', `${path}/register`, '{"key":"k","byte_size":1,"offset":-1}')).status).toBe(400);
    expect((await ask('POST', '/v2/systemsharedmemory/unregister')).body).toBe('');
    expect(rest.service.regions.size).toBe(0);
  });

  test('CUDA: forgetting all is nothing, the rest is declined', async () => {
    expect(await ask('POST', '/v2/cudasharedmemory/unregister')).toMatchObject({ status: 200, body: '' });
    for (const [method, path] of [
      ['GET', 'status'],
      ['GET', 'region/r/status'],
      ['POST', 'region/r/register'],
      ['POST', 'region/r/unregister'],
    ] as const) {
      expect((await ask(method, `/v2/cudasharedmemory/${path}`)).status).toBe(501);
    }
  });

  test('generation of text is declined', async () => {
    expect((await ask('POST', '/v2/models/echo/generate', '{}')).status).toBe(501);
    expect((await ask('POST', '/v2/models/echo/versions/1/generate_stream', '{}')).status).toBe(501);
  });
});

describe('refusals', () => {
  // Its own, because a pool of connections that `fetch` keeps is never settled.
  let raw: Harness;
  beforeAll(async () => {
    raw = await openRest();
  });
  afterAll(async () => {
    await raw[Symbol.asyncDispose]();
  });

  test.each([
    ['GET', '/', 404, 'Not Found'],
    ['GET', '//v2', 404, 'Not Found'],
    ['GET', '/v2/health/live/', 404, 'Not Found'],
    ['GET', '/v2/models/%zz', 404, 'Not Found'],
    ['GET', '/v2/models/m/versions/v1', 404, 'Not Found'],
    ['GET', '/v2/models/a%2Fb', 404, "Request for unknown model: 'a/b' is not found"],
    ['GET', '/v2/models/%00%0d%0a', 404, "Request for unknown model: '\0\r\n' is not found"],
    ['POST', '/v2', 405, 'Method Not Allowed'],
    ['PUT', '/v2/models/echo/infer', 405, 'Method Not Allowed'],
    ['GET', '/v2/models/echo/infer', 405, 'Method Not Allowed'],
    ['OPTIONS', '/v2/models/echo/infer', 405, 'Method Not Allowed'],
    ['OPTIONS', '*', 404, 'Not Found'],
    ['TRACE', '/v2', 405, 'Method Not Allowed'],
    ['PROPFIND', '/v2', 405, 'Method Not Allowed'],
    ['CONNECT', 'a:1', 405, 'Method Not Allowed'],
    ['GET', 'http://a/v2/health/live', 404, 'Not Found'],
    ['POST', '/v2/models/echo/inf%65r', 400, null],
  ])('%s %s', async (method, target, status, text) => {
    const reply = await exchangeRaw(
      raw.port,
      `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const body: unknown = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')));
    expect(body).toEqual({ error: text ?? expect.stringMatching(/./) });
    await raw.settled();
  });

  test('a name of four thousand characters is unknown', async () => {
    const name = 'n'.repeat(4096);
    expect(await ask('GET', `/v2/models/${name}`)).toMatchObject({
      status: 404,
      body: { error: `Request for unknown model: '${name}' is not found` },
    });
  });

  test('HEAD is 405 without a body and says what there is', async () => {
    const reply = await exchangeRaw(
      raw.port,
      'HEAD /v2/logging HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(reply).toMatch(/^HTTP\/1\.1 405 [^]*Allow: GET, POST\r\n[^]*\r\n\r\n$/);
  });

  test.each(['GET', 'OPTIONS'])(
    '%s of a long target is 414, of one beyond the limit of headers too',
    async (method) => {
      for (const length of [9000, 40_000]) {
        const reply = await exchangeRaw(
          raw.port,
          `${method} /v2/models/${'m'.repeat(length)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
        );
        expect(reply).toMatch(/^HTTP\/1\.1 414 [^]*\{"error":"/);
      }
      await raw.settled();
    },
  );

  test('the content type of a request does not matter', async () => {
    for (const type of [
      '',
      'foo',
      'application/x-www-form-urlencoded',
      'text/plain; charset=x',
      'application/json',
    ]) {
      const reply = await exchangeRaw(
        rest.port,
        `POST /v2/repository/index HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\n{}`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  test('an error that is no refusal is 500, reported, and kept from the client', async () => {
    const { statistics } = Object.getOwnPropertyDescriptors(rest.service);
    rest.service.statistics = () => {
      throw new TypeError('secret');
    };
    const { status, body } = await ask('GET', '/v2/models/stats');
    Object.defineProperty(rest.service, 'statistics', statistics);
    expect([status, body]).toEqual([500, { error: 'The server failed on this request. Its log says why.' }]);
    expect(String(rest.unexpected.pop())).toContain('secret');
  });

  test('an id that a client sent comes back, one that is not plain does not', async () => {
    const send = async (id: string): Promise<string | null> =>
      (await fetch(`${rest.url}/v2`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await send('abc-1/2.3')).toBe('abc-1/2.3');
    expect(await send('a b')).not.toBe('a b');
    expect(await send('x'.repeat(129))).not.toBe('x'.repeat(129));
  });
});

test('each route asks the gate for its scope, and its refusal is answered', async () => {
  const asked: unknown[] = [];
  const gated = await openRest({
    gate: {
      admit(scope, credentials, address) {
        asked.push([scope, credentials, address]);
        if (scope === 'infer') throw new ProtocolError('unauthenticated', 'an API key is needed');
        if (scope === 'admin') throw new ProtocolError('permission-denied', 'not this key');
        if (scope === 'read') throw new ProtocolError('rate-limited', 'slow', { retryAfterSeconds: 2.5 });
        return { name: 'a' };
      },
    },
  });
  const headers = { authorization: 'Bearer k', 'x-api-key': 'q' };
  const send = (path: string, method: string): Promise<Response> =>
    fetch(gated.url + path, { method, headers });
  expect((await send('/v2/health/live', 'GET')).status).toBe(200);
  const infer = await send('/v2/models/unknown/infer', 'POST');
  expect([infer.status, infer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="switchyard"']);
  expect((await send('/v2/logging', 'POST')).status).toBe(403);
  const read = await send('/v2', 'GET');
  expect([read.status, read.headers.get('retry-after')]).toEqual([429, '3']);
  expect((await send('/metrics', 'GET')).status).toBe(404);
  const credentials = { authorization: 'Bearer k', apiKey: 'q' };
  expect(asked).toEqual([
    ['health', credentials, '127.0.0.1'],
    ['infer', credentials, '127.0.0.1'],
    ['admin', credentials, '127.0.0.1'],
    ['read', credentials, '127.0.0.1'],
  ]);
  await gated[Symbol.asyncDispose]();
});
