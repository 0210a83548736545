import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTraceSampling, parseTraceparent } from './trace-sampling.ts';
import { createTracing } from './tracing.ts';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string }[];
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A receiver of OTLP/HTTP on this machine, and what it got. */
async function receiver(): Promise<{
  readonly endpoint: string;
  readonly spans: SentSpan[];
  readonly paths: string[];
}> {
  const spans: SentSpan[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    paths.push(request.url!);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const document = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly resourceSpans: readonly {
          readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
        }[];
      };
      spans.push(...document.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, paths };
}

const tracing = (endpoint: string, rate: number, failed: (message: string) => void = () => {}) =>
  createTracing({ endpoint, rate, service: 'test', failed });
const NOBODY = { traceparent: undefined, tracestate: undefined };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const called = (flags: string) => ({ traceparent: `00-${TRACE}-${SPAN}-${flags}`, tracestate: 'a=b' });

describe('traces', () => {
  it('are sent before the end, with their parts, under the span of the caller', async () => {
    const { endpoint, spans, paths } = await receiver();
    const { tracer, shutdown } = await tracing(endpoint, 1000);
    const span = tracer.start('infer', called('01'), { protocol: 'rest' })!;
    const now = performance.now();
    span.part('queue', now, now + 2);
    span.part('compute_infer', now + 2, now + 5, { rows: 3 });
    span.set({ 'model.name': 'm' });
    span.end('it broke');
    span.end(null);
    await shutdown(10_000);
    expect(paths).toEqual(['/v1/traces']);
    const whole = spans.find(({ name }) => name === 'infer')!;
    expect(whole).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      status: { code: 2, message: 'it broke' },
    });
    expect(whole.attributes.map(({ key }) => key).toSorted()).toEqual(['model.name', 'protocol']);
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === whole.spanId);
    expect(parts.map(({ name }) => name)).toEqual(['queue', 'compute_infer']);
    const length = BigInt(parts[1]!.endTimeUnixNano) - BigInt(parts[1]!.startTimeUnixNano);
    expect(Number(length) / 1e6).toBeCloseTo(3, 1);
    expect(spans).toHaveLength(3);
  });

  it('of a caller that does not trace, or of most requests, are not made', async () => {
    const { endpoint, spans } = await receiver();
    const { tracer, shutdown } = await tracing(endpoint, 3);
    expect(tracer.start('infer', called('00'), {})).toBeNull();
    const made = Array.from({ length: 9 }, () => tracer.start('infer', NOBODY, {}));
    expect(made.map((span) => span !== null)).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
    for (const span of made) span?.end(null);
    await shutdown(10_000);
    expect(spans).toHaveLength(3);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('follow the settings of the model, though it is known only at the end', async () => {
    const { endpoint, spans } = await receiver();
    const { tracer, hooks, shutdown } = await tracing(endpoint, 1);
    hooks!.apply('quiet', { trace_level: ['OFF'] });
    for (const name of ['quiet', 'loud']) {
      const span = tracer.start('infer', NOBODY, {})!;
      span.set({ 'model.name': name });
      span.end(null);
    }
    hooks!.apply('', { trace_level: ['OFF'] });
    expect(tracer.start('infer', called('01'), {})).toBeNull();
    await shutdown(10_000);
    expect(spans).toHaveLength(1);
  });

  it('that nobody receives are told of and do not hold up the end', async () => {
    const { endpoint } = await receiver();
    await new Promise((closed) => servers.pop()!.close(closed));
    const told: string[] = [];
    const { tracer, shutdown } = await tracing(endpoint, 1, (message) => told.push(message));
    tracer.start('infer', NOBODY, {})!.end(null);
    await shutdown(20);
    expect(told).toHaveLength(1);
  });
});

describe('sampling', () => {
  it('ends after as many as were asked for', () => {
    const sampling = createTraceSampling({ trace_level: ['TIMESTAMPS'], trace_rate: '1', trace_count: '2' });
    expect([1, 2, 3].map(() => sampling.atStart(undefined))).toEqual([true, true, false]);
  });

  it.each([
    '',
    'garbage',
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ])('takes the traceparent %j for none', (header) => {
    expect(parseTraceparent(header)).toBeNull();
  });
});
