import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRestClient, tensorFrom } from '@switchyard/open-inference';
import { createGrpcClient } from '@switchyard/open-inference/grpc';
import { createRuntime } from '@switchyard/runtime';
import { addModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { join } from 'node:path';
import { temporaryFolder } from './__fixtures__/server-process.ts';
import { createServer } from './create-server.ts';
import type { ModelEvent } from './operation/observer.ts';
import type { ServerSettings } from './options/server-settings.ts';

const FREE = { host: '127.0.0.1', httpPort: 0, grpcPort: 0, metricsPort: null } as const;

it('serves inside a program, with both clients, and leaves the runtime to its owner', async () => {
  await using runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  const events: ModelEvent[] = [];
  const models = [join(temporaryFolder({ 'add.onnx': addModel() }), 'add.onnx')];
  const server = await createServer({
    runtime,
    settings: { ...FREE, models, isolation: 'thread' },
    observer: { inference: () => {}, model: (event) => events.push(event) },
  });
  expect(server.addresses.metrics).toBeNull();
  await server.started;
  expect(server.service.ready()).toBe(true);
  const input = {
    inputs: [tensorFrom('a', 'FP32', [2], [1, 2]), tensorFrom('b', 'FP32', [2], [10, 0.5])],
  };
  for (const client of [
    createRestClient({ baseUrl: server.addresses.http!.url }),
    createGrpcClient({ address: server.addresses.grpc!.url }),
  ]) {
    const result = await client.infer('add', input, { timeoutMs: 30_000 });
    expect([...result.output('sum').values()]).toEqual([11, 2.5]);
    if (Symbol.asyncDispose in client) await (client as AsyncDisposable)[Symbol.asyncDispose]();
  }
  await Promise.all([server.close(), server.close()]);
  expect(server.service.ready()).toBe(false);
  expect(events.map(({ kind }) => kind)).toEqual(['loading', 'ready', 'unloaded']);
  await using session = await runtime.open(models[0]!, { isolation: 'inline' });
  expect(session.inputs).toHaveLength(2);
});

it('goes on with a model that cannot be loaded, not ready and with the reason', async () => {
  await using runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  const folder = temporaryFolder({ 'add.onnx': addModel(), 'broken.onnx': 'no model' });
  await using server = await createServer({
    runtime,
    settings: { ...FREE, models: [folder], isolation: 'thread', modelControl: 'none' },
  });
  await server.started;
  expect(server.service.ready()).toBe(false);
  expect(server.repository.readiness().reason).toContain('broken');
  expect(server.service.modelReady('add', '')).toBe(true);
  const live = await fetch(`${server.addresses.http!.url}/v2/health/live`);
  expect(live.status).toBe(200);
});

it.each([
  [{ httpPort: 70_000 }, 'Give a number, 0 to 65535, or null.'],
  [{ maxBodyBytes: 0 }, '`maxBodyBytes` is 0'],
  [{ exitTimeoutMs: Number.NaN }, '`exitTimeoutMs` is null'],
  [{ keyless: ['fly'] }, '`infer`'],
  [{ httpPrt: 1 }, 'Did you mean `httpPort`?'],
  [{ otlpEndpoint: 'collector' }, 'no URL of HTTP'],
  [{ models: ['nowhere.onnx'] }, 'nowhere.onnx'],
])('refuses the settings %j', async (settings, text) => {
  await using runtime = await createRuntime({ backends: [], settings: [], cache: null });
  const given = { ...FREE, models: [], ...settings } as Partial<ServerSettings>;
  await expect(createServer({ runtime, settings: given })).rejects.toThrow(text);
});

it('listens nowhere when one of its ports is taken', async () => {
  await using runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  const models = [temporaryFolder({ 'add.onnx': addModel() })];
  const settings = { ...FREE, models, isolation: 'thread', modelControl: 'explicit' } as const;
  await using first = await createServer({ runtime, settings });
  const { port } = first.addresses.grpc!;
  await expect(createServer({ runtime, settings: { ...settings, grpcPort: port } })).rejects.toMatchObject({
    code: 'invalid-value',
    message: expect.stringContaining('another program listens there') as string,
  });
});
