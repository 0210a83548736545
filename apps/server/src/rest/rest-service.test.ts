import { gzipSync } from 'node:zlib';
import { createRestClient } from '@switchyard/open-inference';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { protocolModels, simpleModel } from '../__fixtures__/models.ts';
import { DEFAULT_LIMITS } from '../operation/default-limits.ts';
import { openDirectRepository, type DirectRepository } from '../service/__fixtures__/direct-repository.ts';
import { keepRecords } from '../service/__fixtures__/requests.ts';
import { createInferenceService } from '../service/create-inference-service.ts';
import { restOptions } from './__fixtures__/rest-harness.ts';
import { createRestServer, type RestServer } from './rest-server.ts';

let repository: DirectRepository;
let server: RestServer;
let url: string;
const observer = keepRecords();
const options = restOptions();

beforeAll(async () => {
  repository = await openDirectRepository([simpleModel(), ...protocolModels().slice(1)]);
  const service = createInferenceService({
    repository,
    observer,
    name: 'triton',
    version: '1',
    limits: DEFAULT_LIMITS,
    memory: options.memory,
    sharedMemory: false,
    traceHooks: null,
    logHooks: null,
  });
  server = await createRestServer({ ...options, service, tls: null });
  url = `http://127.0.0.1:${(await server.listen('127.0.0.1', 0)).port}`;
});
afterAll(async () => {
  await server.close(0);
  await repository[Symbol.asyncDispose]();
});

const ROW = Array.from({ length: 16 }, (_, index) => index);
const SIMPLE = {
  inputs: [
    { name: 'INPUT0', datatype: 'INT32', shape: [1, 16], data: ROW },
    { name: 'INPUT1', datatype: 'INT32', shape: [1, 16], data: ROW.map(() => 1) },
  ],
};

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<[number, unknown]> {
  const response = await fetch(url + path, { method: 'POST', body, headers });
  return [response.status, await response.json()];
}

describe('models that really run', () => {
  test('answer in JSON, plain and compressed, and are recorded once', async () => {
    const before = observer.records.length;
    const expected = {
      model_name: 'simple',
      model_version: '1',
      outputs: [
        { name: 'OUTPUT0', datatype: 'INT32', shape: [1, 16], data: ROW.map((value) => value + 1) },
        { name: 'OUTPUT1', datatype: 'INT32', shape: [1, 16], data: ROW.map((value) => value - 1) },
      ],
    };
    const path = '/v2/models/simple/versions/1/infer';
    expect(await post(path, JSON.stringify(SIMPLE))).toEqual([200, expected]);
    const packed = new Uint8Array(gzipSync(JSON.stringify(SIMPLE)));
    expect(await post(path, packed, { 'content-encoding': 'gzip' })).toEqual([200, expected]);
    expect(observer.records.slice(before)).toMatchObject([
      { protocol: 'rest', model: 'simple', version: '1', failure: null },
      { protocol: 'rest', model: 'simple', version: '1', failure: null },
    ]);
  });

  test('answer a client of the protocol', async () => {
    const client = createRestClient({ baseUrl: url });
    expect(await client.live()).toBe(true);
    expect(await client.ready()).toBe(true);
    expect(await client.serverMetadata()).toMatchObject({ name: 'triton' });
    expect((await client.modelMetadata('simple')).properties).toMatchObject({ backend: 'cpu' });
    expect((await client.repositoryIndex()).map(({ name }) => name)).toContain('simple');
  });

  test.each([
    [{ inputs: [] }, /expected 2 inputs but got 0 inputs for model 'simple'/],
    [{ inputs: [...SIMPLE.inputs, SIMPLE.inputs[0]] }, /INPUT0/],
    [{ ...SIMPLE, outputs: [{ name: 'none' }] }, /none/],
    [{ inputs: [SIMPLE.inputs[0], { ...SIMPLE.inputs[1], shape: [1, 8], data: ROW.slice(8) }] }, /INPUT1/],
    [{ inputs: [SIMPLE.inputs[0], { ...SIMPLE.inputs[1], datatype: 'FP32' }] }, /INPUT1/],
  ])('refuse what does not fit: case %#', async (body, text) => {
    const before = observer.records.length;
    const [status, reply] = await post('/v2/models/simple/infer', JSON.stringify(body));
    expect(status).toBe(400);
    expect((reply as { error: string }).error).toMatch(text);
    expect(observer.records.length - before).toBe(1);
  });

  test('count a body that cannot be understood, once', async () => {
    const before = observer.records.length;
    repository.counted.length = 0;
    expect((await post('/v2/models/simple/infer', '{"inputs":'))[0]).toBe(400);
    expect((await post('/v2/models/nobody/infer', '{"inputs":'))[0]).toBe(404);
    expect(repository.counted).toEqual(['failed OTHER']);
    expect(observer.records.slice(before)).toMatchObject([
      { protocol: 'rest', model: 'simple', version: '1', failure: 'OTHER', truth: { backend: 'cpu' } },
    ]);
  });

  test('a version that is none, and one that is another', async () => {
    expect((await post('/v2/models/simple/versions/v1/infer', '{'))[1]).toEqual({ error: 'Not Found' });
    for (const version of ['0', '2', '99999999999999999999']) {
      const [status] = await post(`/v2/models/simple/versions/${version}/infer`, '{');
      expect(status).toBe(404);
    }
  });

  test('settings and memory that are not there say so', async () => {
    const [status] = await post('/v2/systemsharedmemory/region/r/register', '{"key":"k","byte_size":4}');
    expect(status).toBe(501);
    expect((await fetch(`${url}/v2/models/stats`)).status).toBe(200);
  });

  test('and nothing is left', async () => {
    await expect.poll(() => options.memory.used()).toBe(0);
    expect(repository.leases.held).toBe(0);
    expect(options.errors).toEqual([]);
  });
});
