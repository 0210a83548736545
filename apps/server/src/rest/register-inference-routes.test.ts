import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { exchangeRaw, inferBody, restOptions } from './__fixtures__/rest-harness.ts';
import { registerInferenceRoutes } from './register-inference-routes.ts';

async function listening(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('beside the routes of an application', () => {
  test('both answer, each by its own rules', async () => {
    const options = restOptions({
      metrics: { contentType: 'text/plain', text: () => Promise.resolve('up 1\n') },
    });
    const app = fastify({ bodyLimit: 10 });
    app.post('/hello', (request) => ({ hello: request.body }));
    await app.register(registerInferenceRoutes, options);
    const port = await listening(app);
    const url = `http://127.0.0.1:${port}`;
    const infer = await fetch(`${url}/v2/models/echo/infer`, {
      method: 'POST',
      body: inferBody([1, 2]),
      headers: { 'content-type': 'application/json' },
    });
    expect([infer.status, ((await infer.json()) as { model_name: string }).model_name]).toEqual([
      200,
      'echo',
    ]);
    expect(await (await fetch(`${url}/v2/none`)).json()).toEqual({ error: 'Not Found' });
    expect(await (await fetch(`${url}/v2`, { method: 'PUT' })).json()).toEqual({
      error: 'Method Not Allowed',
    });
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('up 1\n');
    const hello = await fetch(`${url}/hello`, {
      method: 'POST',
      body: '"a"',
      headers: { 'content-type': 'application/json' },
    });
    expect(await hello.json()).toEqual({ hello: 'a' });
    expect((await fetch(`${url}/none`)).status).toBe(404);
    await app.close();
  });

  test('under a prefix, in the document too', async () => {
    const app = fastify();
    await app.register(registerInferenceRoutes, { ...restOptions(), prefix: '/inference' });
    expect((await app.inject('/inference/v2/health/live')).json()).toEqual({ live: true });
    expect((await app.inject('/v2/health/live')).statusCode).toBe(404);
    const document = (await app.inject('/inference/v2/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(document.paths)).toContain('/inference/v2/models/{model}/infer');
    await app.close();
  });

  test('a stalled body is 408 without a timeout of the application', async () => {
    const options = restOptions({ limits: { bodyTimeoutMs: 100 } });
    const app = fastify();
    await app.register(registerInferenceRoutes, options);
    const port = await listening(app);
    const reply = await exchangeRaw(
      port,
      'POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n',
    );
    expect(reply).toMatch(/^HTTP\/1\.1 408 /);
    expect(options.memory.used()).toBe(0);
    await app.close();
  });

  test('hooks of the application run before', async () => {
    const app = fastify();
    app.addHook('onRequest', async (_, reply) => reply.code(418).send({ no: true }));
    await app.register(registerInferenceRoutes, restOptions());
    expect((await app.inject('/v2/health/live')).statusCode).toBe(418);
    await app.close();
  });
});
