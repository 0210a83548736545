import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRestClient, tensorFrom } from '@switchyard/open-inference';
import { createGrpcClient } from '@switchyard/open-inference/grpc';
import { createRuntime } from '@switchyard/runtime';
import { addModel, buildModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, temporaryFolder } from './__fixtures__/server-process.ts';
import { createServer } from './create-server.ts';
import { createRowsBackend, ROWS } from './execution/__fixtures__/rows-backend.ts';
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

it('ends a model that hangs, and one that somebody still holds, when its time is over', async () => {
  const folder = temporaryFolder({
    'hangs.onnx': buildModel({
      inputs: [{ name: 'x', dtype: 'int32', shape: ['n', 2] }],
      outputs: [{ name: 'y', dtype: 'int32', shape: ['n', 2] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    }),
  });
  await using runtime = await createRuntime({
    backends: [createRowsBackend(join(folder, 'runs.log'))],
    settings: [{ kind: 'backend', backend: 'rows', source: { layer: 'api', detail: 'test' } }],
    trials: 'off',
    cache: null,
  });
  const server = await createServer({
    runtime,
    settings: { ...FREE, models: [folder], isolation: 'process' },
  });
  await server.started;
  const lease = server.repository.lease('hangs', '');
  const { pid } = lease.model.executor.health().instances[0]!;
  const body = JSON.stringify({
    inputs: [{ name: 'x', datatype: 'INT32', shape: [1, 2], data: [ROWS.loop, 1] }],
  });
  const url = `${server.addresses.http!.url}/v2/models/hangs/infer`;
  const hung = fetch(url, { method: 'POST', body }).then(
    ({ status }) => status,
    () => 'cut',
  );
  while (!existsSync(join(folder, 'runs.log'))) await new Promise((next) => setTimeout(next, 5));
  await server.close({ timeoutMs: 200 });
  // Which of the two depends on whether its connection or its process was ended first.
  expect([503, 'cut']).toContain(await hung);
  // It was killed, and is gone when its parent has noticed.
  await expect.poll(() => isAlive(pid!), { timeout: 10_000 }).toBe(false);
  expect(lease.model.executor.pending()).toBe(0);
  lease[Symbol.dispose]();
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
