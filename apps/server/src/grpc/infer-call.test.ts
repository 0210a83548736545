import { compressionAlgorithms } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';
import { expect, test, vi } from 'vitest';
import { FOUR, grpcBench, inferMessage } from './__fixtures__/grpc-bench.ts';

test('an answer carries its tensors raw, and in its trailers what computed it', async () => {
  await using bench = await grpcBench();
  const { code, response, trailers } = await bench.client().infer('echo', { id: 'seven' });
  expect(code).toBe(0);
  expect(response).toMatchObject({
    modelName: 'echo',
    modelVersion: '1',
    id: 'seven',
    outputs: [{ name: 'x', datatype: 'FP32', shape: [1, 4] }],
  });
  expect(response!.outputs[0]!.content).toMatchObject({ kind: 'bytes' });
  expect(trailers.get('switchyard-backend')).toEqual(['cpu']);
  expect(trailers.get('switchyard-device')).toEqual(['cpu']);
  expect(trailers.get('switchyard-fallback')).toEqual([]);
  expect(trailers.get('x-request-id')).toEqual([bench.service.contexts[0]!.requestId]);
  await vi.waitFor(() => expect(bench.memory.used()).toBe(0));
});

test('a request id is kept where a log can hold it, and made up where not', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  expect((await client.infer('echo', {}, { 'x-request-id': 'abc-1' })).trailers.get('x-request-id')).toEqual([
    'abc-1',
  ]);
  const made = (await client.infer('echo', {}, { 'x-request-id': 'a b' })).trailers.get('x-request-id');
  expect(made[0]).toMatch(/^[0-9a-f]{12}-\d+$/);
});

test('refusals keep their text and get the status of their problem', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  expect(await client.infer('nobody')).toMatchObject({
    code: 5,
    details: "Request for unknown model: 'nobody' is not found",
  });
  const refused = async (error: unknown): Promise<unknown> => {
    const outcome = client.infer('held');
    await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
    bench.service.held.pop()!.refuse(error);
    return await outcome;
  };
  expect(await refused(new ProtocolError('unavailable', 'Exceeds maximum queue size'))).toMatchObject({
    code: 14,
    details: 'Exceeds maximum queue size',
  });
  const later = await refused(new ProtocolError('exhausted', 'ü 100% \n \ud800', { retryAfterSeconds: 2 }));
  expect(later).toMatchObject({ code: 8, details: 'ü 100% \n \ufffd' });
  const { trailers } = later as { trailers: { get(name: string): unknown } };
  expect(trailers.get('retry-after')).toEqual(['2']);
  expect(trailers.get('grpc-retry-pushback-ms')).toEqual(['2000']);
  const long = (await refused(new ProtocolError('internal', 'x'.repeat(100_000)))) as { details: string };
  expect(long.details).toHaveLength(4097);
});

test('a mistake of the server is INTERNAL without its words, and is told to the operator', async () => {
  await using bench = await grpcBench();
  const { code, details } = await bench.client().infer('broken');
  expect({ code, details }).toEqual({ code: 13, details: 'The server met an error of its own.' });
  expect(bench.unexpected).toEqual([
    expect.objectContaining({ message: expect.stringContaining('mistake') }),
  ]);
  await vi.waitFor(() => expect(bench.memory.used()).toBe(0));
});

test('an unknown model comes before what is wrong with its request, which is counted for a known one', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const short = { ...FOUR, content: { kind: 'bytes', bytes: new Uint8Array(3) } } as const;
  expect((await client.infer('nobody', { inputs: [short] })).code).toBe(5);
  expect(bench.records).toEqual([]);
  expect((await client.infer('echo', { inputs: [short] })).code).toBe(3);
  expect(bench.records).toMatchObject([{ protocol: 'grpc', model: 'echo', failure: 'OTHER' }]);
  expect(bench.service.contexts).toEqual([]);
});

test('a version that is none is refused before anything runs', async () => {
  await using bench = await grpcBench();
  const outcome = await bench.client().ask('ModelInfer', inferMessage('echo', {}, 'v1'));
  expect(outcome).toMatchObject({
    code: 3,
    details: expect.stringMatching(/^failed to get model version from specified version string 'v1'/),
  });
  expect(bench.service.contexts).toEqual([]);
});

test('parameters that Triton keeps to itself are refused, but for the one that clients set', async () => {
  await using bench = await grpcBench();
  const client = bench.client();
  const asked = (name: string, value: boolean | string): ReturnType<typeof client.infer> =>
    client.infer('echo', {
      parameters: new Map<string, boolean | string>([
        [name, value],
        ['mine', 'm'],
      ]),
    });
  expect(await asked('triton_other', true)).toMatchObject({
    code: 3,
    details:
      "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
  });
  expect(await asked('triton_enable_empty_final_response', 'yes')).toMatchObject({ code: 3 });
  expect((await asked('triton_enable_empty_final_response', true)).code).toBe(0);
});

test('a client that goes away aborts its request, and nothing is left of it', async () => {
  await using bench = await grpcBench();
  const { cancel, done } = bench.client().raw('ModelInfer', inferMessage('held'));
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
  const { signal } = bench.service.held[0]!.context;
  expect(signal.aborted).toBe(false);
  expect(bench.memory.used()).toBeGreaterThan(0);
  cancel();
  expect((await done).code).toBe(1);
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
  expect(signal.reason).toMatchObject({ problem: 'cancelled' });
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
  expect(bench.unexpected).toEqual([]);
});

test('a deadline reaches the service and ends the call when it passes', async () => {
  await using bench = await grpcBench();
  const before = performance.now();
  const { code } = await bench.client().infer('held', {}, {}, 200);
  expect(code).toBe(4);
  const { context } = bench.service.held[0]!;
  expect(context.deadline).toBeGreaterThan(before);
  expect(context.deadline).toBeLessThanOrEqual(before + 5000);
  await vi.waitFor(() => expect(context.signal.aborted).toBe(true));
  expect(context.signal.reason).toMatchObject({ problem: expect.stringMatching(/deadline|cancelled/) });
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
  expect((await bench.client().infer('echo')).code).toBe(0);
  expect(bench.service.contexts.at(-1)!.deadline).toBeNull();
});

test('spans start from what the client sent and end with what it got', async () => {
  const ended: (string | null)[] = [];
  const started: unknown[] = [];
  await using bench = await grpcBench({
    tracer: {
      start: (name, parent) => {
        started.push([name, parent]);
        return { part: () => {}, set: () => {}, end: (error) => ended.push(error) };
      },
    },
  });
  const client = bench.client();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await client.infer('echo', {}, { traceparent, tracestate: 'a=b' });
  await client.infer('nobody');
  expect(started[0]).toEqual(['ModelInfer', { traceparent, tracestate: 'a=b' }]);
  expect(ended).toEqual([null, "Request for unknown model: 'nobody' is not found"]);
});

test('messages beyond the limits are refused both ways, and compressed ones are counted unpacked', async () => {
  await using bench = await grpcBench({ bounds: { maxBodyBytes: 4096, maxResponseBytes: 2048 } });
  const floats = (count: number): ReturnType<typeof tensorOf> => tensorOf(count);
  const client = bench.client();
  expect((await client.infer('echo', { inputs: [floats(400)] })).code).toBe(0);
  expect(await client.infer('echo', { inputs: [floats(2000)] })).toMatchObject({
    code: 8,
    details: expect.stringContaining('larger than max'),
  });
  expect(await client.infer('echo', { inputs: [floats(800)] })).toMatchObject({
    code: 8,
    details: expect.stringContaining('more than the 2048 that this server sends'),
  });
  for (const [algorithm, tooMuch] of [
    [compressionAlgorithms.deflate, 2000],
    [compressionAlgorithms.gzip, 2000],
    [compressionAlgorithms.gzip, 4_000_000],
  ] as const) {
    const packed = bench.client(undefined, { 'grpc.default_compression_algorithm': algorithm });
    expect((await packed.infer('echo', { inputs: [floats(400)] })).code).toBe(0);
    expect((await packed.infer('echo', { inputs: [floats(tooMuch)] })).code).toBe(8);
  }
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

test('what does not fit the memory for requests is refused before it is complete', async () => {
  await using bench = await grpcBench({ bounds: { maxInFlightBytes: 100_000 } });
  const client = bench.client();
  const first = client.raw('ModelInfer', inferMessage('held'));
  await vi.waitFor(() => expect(bench.service.held).toHaveLength(1));
  expect(await client.infer('echo', { inputs: [tensorOf(200_000)] })).toMatchObject({
    code: 8,
    details: expect.stringContaining('memory for requests under way is used up'),
  });
  expect((await client.infer('echo')).code).toBe(0);
  bench.service.held[0]!.answer();
  expect((await first.done).code).toBe(0);
  await vi.waitFor(() => expect([bench.memory.used(), bench.server.calls()]).toEqual([0, 0]));
});

function tensorOf(count: number): typeof FOUR {
  return {
    ...FOUR,
    shape: [1, count],
    content: { kind: 'bytes', bytes: new Uint8Array(count * 4) },
  };
}
