import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { FailureReason } from '../execution/model-statistics.ts';
import type { ServedModel } from '../repository/model-repository.ts';
import { VERSION } from '../version.ts';
import { BucketHistogram, type BucketCounts } from './bucket-histogram.ts';
import { collectMachine } from './machine-metrics.ts';
import { METRICS, type MetricName } from './metric-definitions.ts';
import { collectModels } from './model-metrics.ts';
import type { InferenceRecord, ModelEvent, Observer, ProtocolName } from './observer.ts';

/** What metrics are read from. All of it is asked when somebody scrapes, and costs nothing otherwise. */
export interface MetricsSources {
  readonly models: () => readonly ServedModel[];
  readonly connections: () => Readonly<Partial<Record<ProtocolName, number>>>;
  readonly inFlightBytes: () => number;
}

/** The metrics of one server, in a registry of its own. */
export interface Metrics {
  readonly observer: Observer;
  /** `Content-Type` of {@link Metrics.text}. */
  readonly contentType: string;
  /** The page in Prometheus' text format. */
  text(): Promise<string>;
}

/** From half a millisecond to half a minute, about two and a half times each. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const NANOSECONDS = 1e-9;

/** How many requests ended how. */
type Outcomes = Record<FailureReason | 'success', number>;

/** The four histograms of one version. */
interface Histograms {
  /** Times that it is loaded: twice while a new one takes the place of an old one. */
  loads: number;
  readonly request: BucketCounts;
  readonly queue: BucketCounts;
  readonly compute: BucketCounts;
  readonly rows: BucketCounts;
}

/**
 * Makes the metrics of a server. Only versions that were loaded become labels, so that clients cannot make
 * new series by asking for names that do not exist.
 */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const counter = (name: MetricName, collect?: (this: Counter) => void): Counter =>
    new Counter({
      ...definition(name),
      registers: [registry],
      ...(collect === undefined ? {} : { collect }),
    });
  const gauge = (name: MetricName, collect?: (this: Gauge) => void): Gauge =>
    new Gauge({
      ...definition(name),
      registers: [registry],
      ...(collect === undefined ? {} : { collect }),
    });
  const histogram = (name: MetricName, bounds: readonly number[]): BucketHistogram =>
    new BucketHistogram(name, METRICS[name].help, bounds, registry);

  const loadSeconds = gauge('nv_model_load_duration_secs');
  const request = histogram('switchyard_inference_request_seconds', SECONDS);
  const queue = histogram('switchyard_inference_queue_seconds', SECONDS);
  const compute = histogram('switchyard_inference_compute_seconds', SECONDS);
  const rows = histogram('switchyard_inference_batch_rows', ROWS);
  const events = counter('switchyard_model_events_total');
  counter('switchyard_requests_total', function collect() {
    this.reset();
    for (const [protocol, counts] of Object.entries(outcomes)) {
      for (const [outcome, count] of Object.entries(counts)) {
        if (count > 0) this.inc({ protocol, outcome }, count);
      }
    }
  });
  gauge('switchyard_build_info').set({ version: VERSION }, 1);
  gauge('switchyard_in_flight_bytes', function collect() {
    this.set(sources.inFlightBytes());
  });
  gauge('switchyard_connections', function collect() {
    for (const [protocol, count] of Object.entries(sources.connections())) this.set({ protocol }, count);
  });
  collectModels(sources.models, counter, gauge);
  collectMachine(gauge);
  collectDefaultMetrics({ register: registry });

  // Looked up for every request: two maps by names that are there already cost less than a key made of them.
  const models = new Map<string, Map<string, Histograms>>();
  const outcomes: Readonly<Record<ProtocolName, Outcomes>> = { rest: noOutcomes(), grpc: noOutcomes() };

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observer: {
      inference(record: InferenceRecord) {
        outcomes[record.protocol][record.failure ?? 'success'] += 1;
        const known = models.get(record.model)?.get(record.version);
        if (known === undefined) return;
        known.request.observe(record.totalNs * NANOSECONDS);
        const { times } = record;
        if (times === null) return;
        known.queue.observe(times.queueNs * NANOSECONDS);
        known.compute.observe((times.inputNs + times.inferNs + times.outputNs) * NANOSECONDS);
        known.rows.observe(record.batchSize);
      },
      model(event: ModelEvent) {
        events.inc({ kind: event.kind });
        const { model, version } = event;
        const labels = { model, version };
        if (event.kind === 'ready') {
          loadSeconds.set(labels, event.seconds);
          const versions = models.get(model) ?? new Map<string, Histograms>();
          models.set(model, versions);
          const known = versions.get(version);
          if (known !== undefined) {
            known.loads += 1;
            return;
          }
          versions.set(version, {
            loads: 1,
            request: request.series(labels),
            queue: queue.series(labels),
            compute: compute.series(labels),
            rows: rows.series(labels),
          });
        } else if (event.kind === 'unloaded') {
          const versions = models.get(model);
          const known = versions?.get(version);
          if (versions === undefined || known === undefined) return;
          known.loads -= 1;
          if (known.loads > 0) return;
          versions.delete(version);
          if (versions.size === 0) models.delete(model);
          for (const one of [request, queue, compute, rows]) one.remove(labels);
          loadSeconds.remove(labels);
        }
      },
    },
  };
}

function noOutcomes(): Outcomes {
  return { success: 0, REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 };
}

function definition(name: MetricName): { name: string; help: string; labelNames: string[] } {
  const { help, labels } = METRICS[name];
  return { name, help, labelNames: [...labels] };
}
