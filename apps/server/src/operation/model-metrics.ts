import type { Counter, Gauge } from 'prom-client';
import type { StatisticDuration } from '@switchyard/open-inference';
import type { StatisticsSnapshot } from '../execution/model-statistics.ts';
import type { ServedModel } from '../repository/model-repository.ts';
import type { MetricName } from './metric-definitions.ts';

const MICROSECONDS = 1e-3;
const micros = ({ ns }: StatisticDuration): number => ns * MICROSECONDS;

const COUNTERS: readonly (readonly [MetricName, (snapshot: StatisticsSnapshot) => number])[] = [
  ['nv_inference_request_success', ({ infer }) => infer.success.count],
  ['nv_inference_count', ({ inferenceCount }) => inferenceCount],
  ['nv_inference_exec_count', ({ executionCount }) => executionCount],
  ['nv_inference_request_duration_us', ({ infer }) => micros(infer.success)],
  ['nv_inference_queue_duration_us', ({ infer }) => micros(infer.queue)],
  ['nv_inference_compute_input_duration_us', ({ infer }) => micros(infer.compute_input)],
  ['nv_inference_compute_infer_duration_us', ({ infer }) => micros(infer.compute_infer)],
  ['nv_inference_compute_output_duration_us', ({ infer }) => micros(infer.compute_output)],
  ['nv_cache_num_hits_per_model', ({ infer }) => infer.cache_hit.count],
  ['nv_cache_num_misses_per_model', ({ infer }) => infer.cache_miss.count],
  ['nv_cache_hit_duration_per_model', ({ infer }) => micros(infer.cache_hit)],
  ['nv_cache_miss_duration_per_model', ({ infer }) => micros(infer.cache_miss)],
];

/**
 * Metrics of the loaded versions, written anew from their statistics whenever somebody scrapes. A version
 * that was loaded again starts at zero, which readers of counters understand.
 */
export function collectModels(
  models: () => readonly ServedModel[],
  counter: (name: MetricName) => Counter,
  gauge: (name: MetricName, collect?: (this: Gauge) => void) => Gauge,
): void {
  // A registry asks in the order of registration: the first writes all, one snapshot per version and scrape.
  gauge('nv_inference_pending_request_count', function collect() {
    this.reset();
    for (const metric of all) metric.reset();
    for (const { name, version, executor } of models()) {
      const labels = { model: name, version };
      this.set(labels, executor.pending());
      const snapshot = executor.statistics.snapshot();
      for (const { metric, read } of counters) metric.inc(labels, read(snapshot));
      for (const [reason, count] of Object.entries(snapshot.failures))
        failures.inc({ ...labels, reason }, count);
      const health = executor.health();
      ready.set(labels, health.state === 'ready' ? 1 : 0);
      instances.set(labels, health.instances.length);
      replaced.inc(
        labels,
        health.instances.reduce((sum, instance) => sum + instance.replaced, 0),
      );
      const bytes = executor.residentBytes();
      if (bytes !== null) resident.set(labels, bytes);
      const { truth } = executor;
      device.set(
        {
          ...labels,
          backend: truth.backend,
          device: truth.device.id,
          provider: truth.executionProviders.join(','),
          class: truth.device.kind,
          fallback: String(truth.fallback !== null),
        },
        1,
      );
    }
  });

  const counters = COUNTERS.map(([name, read]) => ({ metric: counter(name), read }));
  const failures = counter('nv_inference_request_failure');
  const replaced = counter('switchyard_model_instances_replaced');
  const ready = gauge('switchyard_model_ready');
  const instances = gauge('switchyard_model_instances');
  const resident = gauge('switchyard_model_resident_bytes');
  const device = gauge('switchyard_device_info');
  const all = [
    ...counters.map(({ metric }) => metric),
    failures,
    replaced,
    ready,
    instances,
    resident,
    device,
  ];
}
