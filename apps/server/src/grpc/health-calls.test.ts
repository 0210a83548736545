import { expect, test, vi } from 'vitest';
import { grpcBench } from './__fixtures__/grpc-bench.ts';

test('health answers for the server and its service by name, and for no other', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  for (const service of ['', 'inference.GRPCInferenceService']) {
    expect((await client.health('Check', { service })).response).toEqual({ status: 'SERVING' });
  }
  expect(await client.health('Check', { service: 'other' })).toMatchObject({
    code: 5,
    details: 'There is no service `other` here.',
  });
  bench.service.ready = () => false;
  expect((await client.health('Check', { service: '' })).response).toEqual({ status: 'NOT_SERVING' });
  expect((await client.health('List', {})).response).toEqual({
    statuses: {
      '': { status: 'NOT_SERVING' },
      'inference.GRPCInferenceService': { status: 'NOT_SERVING' },
    },
  });
});

test('a watch tells of every change and of nothing else', async () => {
  await using bench = await grpcBench();
  const watch = bench.client().watch('');
  const seen: string[] = [];
  watch.on('data', ({ status }) => seen.push(status));
  watch.on('error', () => {});
  await vi.waitFor(() => expect(seen).toEqual(['SERVING']));
  bench.service.ready = () => false;
  await vi.waitFor(() => expect(seen).toEqual(['SERVING', 'NOT_SERVING']), 5000);
  bench.service.ready = () => true;
  await vi.waitFor(() => expect(seen).toEqual(['SERVING', 'NOT_SERVING', 'SERVING']), 5000);
  watch.cancel();
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

test('a watch of an unknown service stays open and says so', async () => {
  await using bench = await grpcBench();
  const watch = bench.client().watch('other');
  watch.on('error', () => {});
  const { status } = await new Promise<{ status: string }>((resolve) => watch.once('data', resolve));
  expect(status).toBe('SERVICE_UNKNOWN');
  expect(bench.server.calls()).toBe(1);
});
