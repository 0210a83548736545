import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRestClient, tensorFrom } from '@switchyard/open-inference';
import { addModel } from '@switchyard/onnx/testing';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApplication } from './create-application.ts';
import { makeModel } from './make-model.ts';

const MODELS = join(import.meta.dirname, 'models');

let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  app = await createApplication([MODELS]);
  url = await app.listen({ host: '127.0.0.1', port: 0 });
}, 120_000);
afterAll(() => app.close());

it('the model is what its maker makes', () => {
  expect(new Uint8Array(readFileSync(join(MODELS, 'opposite.onnx')))).toEqual(new Uint8Array(makeModel()));
});

it('a route of the application asks the model, and says what computed it', async () => {
  const response = await fetch(`${url}/opposite/1,-25,125`);
  expect(await response.json()).toEqual({
    opposites: [-1, 25, -125],
    computedBy: 'Pocket calculator',
  });
  expect((await fetch(`${url}/opposite/1,two,3`)).status).toBe(400);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});

it('the routes of the protocol are beside it, on the backend of the application', async () => {
  const client = createRestClient({ baseUrl: `${url}/models` });
  expect(await client.ready()).toBe(true);
  const { properties } = await client.modelMetadata('opposite');
  expect(properties).toMatchObject({ backend: 'pocket', device: 'pocket' });
  const rows = [1, 2, 3, 4, 5, 6];
  const result = await client.infer('opposite', { inputs: [tensorFrom('numbers', 'INT32', [2, 3], rows)] });
  expect([...result.output('opposites').values()]).toEqual(rows.map((number) => -number));
  const plain = await fetch(`${url}/models/v2/models/opposite/infer`, {
    method: 'POST',
    body: '{"inputs":[{"name":"numbers","shape":[1,3],"datatype":"INT32","data":[7,8,9]}]}',
  });
  expect(plain.headers.get('switchyard-backend')).toBe('pocket');
  expect(await plain.json()).toMatchObject({ outputs: [{ data: [-7, -8, -9] }] });
});

it('requests of both kinds are in the statistics of the model', async () => {
  const [before] = await createRestClient({ baseUrl: `${url}/models` }).statistics('opposite');
  await fetch(`${url}/opposite/1,2,3`);
  const [after] = await createRestClient({ baseUrl: `${url}/models` }).statistics('opposite');
  expect(after!.inference_count - before!.inference_count).toBe(1);
});

it('a model that the backend cannot run is not served, and the reason is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-embedded-'));
  try {
    writeFileSync(join(folder, 'add.onnx'), addModel());
    await using other = await createApplication([folder]);
    expect((await other.inject('/models/v2/health/ready')).statusCode).toBe(503);
    const index = await other.inject({ method: 'POST', url: '/models/v2/repository/index' });
    expect(index.json()).toMatchObject([
      { name: 'add', state: 'UNAVAILABLE', reason: expect.stringContaining('`pocket` runs one of') },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
