import { ProtocolError } from '@switchyard/open-inference';
import { expect, test, vi } from 'vitest';
import { FOUR, grpcBench } from './__fixtures__/grpc-bench.ts';

const FINAL = new Map([['triton_final_response', true]]);

test('answers come as they come to be, each with its id and as the final one of its request', async () => {
  await using bench = await grpcBench();
  const stream = bench.client().stream();
  stream.send('held', { id: 'a' });
  stream.send('held', { id: 'b' });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(2));
  bench.service.held[1]!.answer();
  expect(await stream.next()).toMatchObject({ errorMessage: '', response: { id: 'b', parameters: FINAL } });
  bench.service.held[0]!.answer();
  expect(await stream.next()).toMatchObject({
    response: { id: 'a', modelName: 'held', outputs: [{ name: 'x', shape: [1, 4] }] },
  });
  stream.call.end();
  expect(await stream.ended).toEqual({ code: 0, details: 'OK' });
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

test('who asks for empty final responses gets one response for each request all the same', async () => {
  await using bench = await grpcBench();
  const stream = bench.client().stream();
  const parameters = new Map([['triton_enable_empty_final_response', true]]);
  stream.send('echo', { id: 'a', parameters });
  stream.send('echo', { id: 'b', parameters });
  expect((await stream.next()).response!.parameters).toEqual(FINAL);
  await stream.next();
  stream.call.end();
  await stream.ended;
  expect(stream.waiting).toBe(0);
});

test('an error is a message that names its request, and the stream goes on', async () => {
  await using bench = await grpcBench();
  const stream = bench.client().stream();
  stream.send('nobody', { id: 'n' });
  expect(await stream.next()).toMatchObject({
    errorMessage: "Request for unknown model: 'nobody' is not found",
    response: { id: 'n', modelName: 'nobody' },
  });
  // Refused by the codec, which knows no id then.
  const short = { ...FOUR, content: { kind: 'bytes', bytes: new Uint8Array(3) } } as const;
  stream.send('echo', { id: 's', inputs: [short] });
  expect(await stream.next()).toMatchObject({
    errorMessage: expect.stringContaining('byte size'),
    response: { id: 's', modelName: 'echo' },
  });
  stream.call.write(Buffer.from([0x0a, 0xff]));
  expect((await stream.next()).errorMessage).not.toBe('');
  stream.send('broken', { id: 'b' });
  expect(await stream.next()).toMatchObject({ errorMessage: 'The server met an error of its own.' });
  expect(bench.unexpected).toHaveLength(1);
  stream.send('echo', { id: 'e' });
  expect(await stream.next()).toMatchObject({ errorMessage: '', response: { id: 'e' } });
  stream.call.end();
  expect((await stream.ended).code).toBe(0);
});

test('with `triton_grpc_error` the first error ends the stream with its status', async () => {
  await using bench = await grpcBench();
  const stream = bench.client().stream({ triton_grpc_error: 'true' });
  stream.send('held', { id: 'h' });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
  stream.send('nobody', { id: 'n' });
  expect(await stream.ended).toEqual({
    code: 5,
    details: "Request for unknown model: 'nobody' is not found",
  });
  expect(bench.service.held[0]!.context.signal.aborted).toBe(true);
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

test('no more messages are taken than the server works on at once', async () => {
  await using bench = await grpcBench({ maxStreamMessages: 2 });
  const client = bench.client();
  const stream = client.stream();
  for (let index = 0; index < 20; index += 1) stream.send('held', { id: String(index) });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(2));
  // Another call on the same connection is not held up.
  expect((await client.infer('echo')).code).toBe(0);
  expect(bench.service.held).toHaveLength(2);
  for (let index = 0; index < 20; index += 1) {
    await vi.waitFor(() => expect(bench.service.held.length).toBeGreaterThan(index));
    expect(bench.service.held.length - index).toBeLessThanOrEqual(2);
    bench.service.held[index]!.answer();
    expect((await stream.next()).response!.id).toBe(String(index));
  }
  stream.call.end();
  expect((await stream.ended).code).toBe(0);
  await vi.waitFor(() => expect(bench.memory.used()).toBe(0));
});

test('a client that does not read its answers is not read from either, and ends in time', async () => {
  const inputs = [
    { ...FOUR, shape: [1, 262_144], content: { kind: 'bytes', bytes: new Uint8Array(1 << 20) } },
  ] as const;
  await using bench = await grpcBench({ maxStreamMessages: 2, bounds: { writeTimeoutMs: 300 } });
  const stream = bench.client().stream();
  stream.call.pause();
  for (let index = 0; index < 30; index += 1) stream.send('echo', { inputs });
  await vi.waitFor(() => expect(bench.service.contexts.length).toBeGreaterThan(1));
  expect((await bench.client().infer('echo')).code).toBe(0);
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]), 10_000);
  expect(bench.service.contexts.length).toBeLessThan(31);
});

test('every message of a stream counts for the rate of its key', async () => {
  let left = 2;
  await using bench = await grpcBench({
    gate: {
      admit: () => {
        left -= 1;
        if (left < 0) throw new ProtocolError('rate-limited', 'too many requests');
        return { name: 'k' };
      },
    },
  });
  const stream = bench.client().stream();
  stream.send('echo', { id: '1' });
  expect((await stream.next()).errorMessage).toBe('');
  stream.send('echo', { id: '2' });
  expect((await stream.next()).errorMessage).toBe('');
  stream.send('echo', { id: '3' });
  expect(await stream.next()).toMatchObject({ errorMessage: 'too many requests', response: { id: '3' } });
});

test('a client that goes away aborts everything that its stream began', async () => {
  await using bench = await grpcBench();
  const stream = bench.client().stream();
  for (const id of ['a', 'b', 'c']) stream.send('held', { id });
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(3));
  stream.call.cancel();
  await vi.waitFor(() =>
    expect(bench.service.held.every(({ context }) => context.signal.aborted)).toBe(true),
  );
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
  expect(bench.unexpected).toEqual([]);
});
