import type { Context, HrTime, Span } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { TraceSettings } from '@switchyard/open-inference';
import type { TraceHooks } from '../service/trace-settings.ts';
import { VERSION } from '../version.ts';
import type { RequestSpan, Tracer } from './observer.ts';
import { createTraceSampling, parseTraceparent } from './trace-sampling.ts';

/** Where traces go, and how many. */
export interface TracingOptions {
  /** URL of an OTLP/HTTP receiver: `http://127.0.0.1:4318`, or with the whole path `.../v1/traces`. */
  readonly endpoint: string;
  /** One of so many requests without a `traceparent` is traced. */
  readonly rate: number;
  /** `service.name` of the spans. */
  readonly service: string;
  /** Told of spans that could not be sent. */
  readonly failed: (message: string) => void;
}

/** Traces of a server. */
export interface Tracing {
  readonly tracer: Tracer;
  /** `null` where traces are off. */
  readonly hooks: TraceHooks | null;
  /** Sends what is still here, for as long as it may take, and ends. */
  readonly shutdown: (patienceMs: number) => Promise<void>;
}

/** No traces. */
export const NO_TRACING: Tracing = Object.freeze({
  tracer: Object.freeze({ start: () => null }),
  hooks: null,
  shutdown: async () => {},
});

type Attributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Sends traces over OTLP/HTTP. OpenTelemetry is loaded here and nowhere else. A request's spans are kept
 * as plain numbers and become OpenTelemetry's when it ends: that is when its model, whose own settings may
 * count, is known for certain, and a request that is not traced costs nothing.
 */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  const [api, sdk, exporters, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new exporters.OTLPTraceExporter({ url: tracesUrl(options.endpoint) });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': options.service,
      'service.version': VERSION,
    }),
    // Whether a request is traced was decided before its spans are made.
    sampler: new sdk.AlwaysOnSampler(),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: telling(exporter, options.failed),
      }),
    ],
  });
  const tracer = provider.getTracer('@switchyard/server', VERSION);
  const initial: TraceSettings = { trace_level: ['TIMESTAMPS'], trace_rate: String(options.rate) };
  const sampling = createTraceSampling(initial);

  const contextOf = (traceparent: string | undefined, tracestate: string | undefined): Context => {
    const parent = parseTraceparent(traceparent);
    if (parent === null) return api.ROOT_CONTEXT;
    return api.trace.setSpanContext(api.ROOT_CONTEXT, {
      ...parent,
      isRemote: true,
      ...(tracestate === undefined ? {} : { traceState: api.createTraceState(tracestate) }),
    });
  };

  return {
    hooks: { initial, apply: (model, settings) => sampling.apply(model, settings) },
    tracer: {
      start(name, parent, given) {
        const decided = sampling.atStart(parent.traceparent);
        if (decided === false) return null;
        const startedAt = performance.now();
        const attributes: Record<string, string | number | boolean> = { ...given };
        const parts: [name: string, startMs: number, endMs: number, attributes: Attributes | undefined][] =
          [];
        let ended = false;
        return {
          part: (part, startMs, endMs, more) => {
            parts.push([part, startMs, endMs, more]);
          },
          set: (more) => {
            Object.assign(attributes, more);
          },
          end(error) {
            if (ended) return;
            ended = true;
            if (decided === null && !sampling.atEnd(String(attributes['model.name'] ?? ''))) return;
            const context = contextOf(parent.traceparent, parent.tracestate);
            const span: Span = tracer.startSpan(
              name,
              { kind: api.SpanKind.SERVER, startTime: epochTime(startedAt), attributes },
              context,
            );
            const within = api.trace.setSpan(context, span);
            for (const [part, startMs, endMs, more] of parts) {
              tracer
                .startSpan(
                  part,
                  { startTime: epochTime(startMs), ...(more === undefined ? {} : { attributes: more }) },
                  within,
                )
                .end(epochTime(endMs));
            }
            if (error !== null) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
            span.end(epochTime(performance.now()));
          },
        } satisfies RequestSpan;
      },
    },
    shutdown: async (patienceMs) => {
      let timer: NodeJS.Timeout | undefined;
      const expired = new Promise<void>((done) => {
        timer = setTimeout(() => {
          options.failed(`the last traces could not be sent within ${patienceMs} milliseconds`);
          done();
        }, patienceMs);
      });
      const sent = provider.shutdown().catch((error: unknown) => {
        options.failed(error instanceof Error ? error.message : String(error));
      });
      await Promise.race([sent, expired]);
      clearTimeout(timer);
    },
  };
}

/** A time of `performance.now()` in seconds and nanoseconds since the epoch, which OpenTelemetry would have to guess. */
function epochTime(milliseconds: number): HrTime {
  const sum = performance.timeOrigin + milliseconds;
  return [Math.floor(sum / 1000), Math.round((sum % 1000) * 1e6)];
}

/** Its failures are told of; OpenTelemetry itself keeps them to itself. */
function telling(exporter: SpanExporter, failed: (message: string) => void): SpanExporter {
  const send: SpanExporter['export'] = (spans, done) => {
    exporter.export(spans, (result) => {
      if (result.error !== undefined) failed(result.error.message);
      done(result);
    });
  };
  return {
    export: send,
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/v1/traces';
  return url.href;
}
