import { expect, test, vi } from 'vitest';
import { grpcBench, inferMessage } from './__fixtures__/grpc-bench.ts';

const SHUTTING_DOWN = 'GRPC server is shutting down and has stopped accepting new requests.';

test('what is under way comes to its end, and what is new is refused in Triton’s words', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  expect((await client.health('Check', { service: '' })).code).toBe(0);
  const accepted = client.infer('held', { id: 'kept' });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
  const closed = bench.server.close(30_000);
  expect(await client.infer('echo')).toMatchObject({ code: 14, details: SHUTTING_DOWN });
  expect(await client.ask('ServerMetadata')).toMatchObject({ code: 14, details: SHUTTING_DOWN });
  expect((await client.ask('ServerReady')).response).toEqual({ ready: false });
  expect((await client.ask('ServerLive')).response).toEqual({ live: true });
  expect((await client.health('Check', { service: '' })).response).toEqual({ status: 'NOT_SERVING' });
  bench.service.held[0]!.answer();
  expect(await accepted).toMatchObject({ code: 0, response: { id: 'kept' } });
  client.close();
  await closed;
  expect([bench.server.connections(), bench.server.calls(), bench.memory.used()]).toEqual([0, 0, 0]);
  expect((await bench.client().infer('echo')).code).toBe(14);
});

test('streams finish the messages they have and then say why they end', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const idle = client.stream();
  idle.send('echo');
  await idle.next();
  const busy = client.stream();
  busy.send('held', { id: 'kept' });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
  const closed = bench.server.close(30_000);
  expect(await idle.ended).toEqual({ code: 14, details: SHUTTING_DOWN });
  busy.send('echo', { id: 'late' });
  expect(await busy.next()).toMatchObject({ errorMessage: SHUTTING_DOWN, response: { id: 'late' } });
  bench.service.held[0]!.answer();
  expect(await busy.next()).toMatchObject({ errorMessage: '', response: { id: 'kept' } });
  expect(await busy.ended).toEqual({ code: 14, details: SHUTTING_DOWN });
  client.close();
  await closed;
  expect(bench.memory.used()).toBe(0);
});

test('a watch of health hears NOT_SERVING before it ends', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const watch = client.watch('');
  const seen: string[] = [];
  watch.on('data', ({ status }) => seen.push(status));
  const failed = new Promise<{ code: number }>((resolve) => watch.on('error', resolve as never));
  await vi.waitFor(() => expect(seen).toEqual(['SERVING']));
  const closed = bench.server.close(30_000);
  expect(await failed).toMatchObject({ code: 14 });
  expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
  client.close();
  await closed;
});

test('who does not end in time is ended, and closing again can only hurry', async () => {
  await using bench = await grpcBench();
  const { done } = bench.client().raw('ModelInfer', inferMessage('held'));
  const stream = bench.client().stream();
  stream.send('held');
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(2));
  const closed = bench.server.close(3_600_000);
  await bench.server.close(100);
  await closed;
  expect([1, 13, 14]).toContain((await done).code);
  expect([1, 13, 14]).toContain((await stream.ended).code);
  for (const { context } of bench.service.held) expect(context.signal.aborted).toBe(true);
  await vi.waitFor(() =>
    expect([bench.server.connections(), bench.server.calls(), bench.memory.used()]).toEqual([0, 0, 0]),
  );
});

test('a port in use is an error', async () => {
  await using bench = await grpcBench();
  const unexpected = vi.fn();
  await expect(grpcBench({ port: bench.port, unexpected })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(unexpected).not.toHaveBeenCalled();
});
