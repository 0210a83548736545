/** One metric: what the page of the reference and the server agree on. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const MODEL: readonly string[] = ['model', 'version'];

/** Name of a metric. */
export type MetricName =
  | 'nv_inference_request_success'
  | 'nv_inference_request_failure'
  | 'nv_inference_count'
  | 'nv_inference_exec_count'
  | 'nv_inference_pending_request_count'
  | 'nv_inference_request_duration_us'
  | 'nv_inference_queue_duration_us'
  | 'nv_inference_compute_input_duration_us'
  | 'nv_inference_compute_infer_duration_us'
  | 'nv_inference_compute_output_duration_us'
  | 'nv_cache_num_hits_per_model'
  | 'nv_cache_num_misses_per_model'
  | 'nv_cache_hit_duration_per_model'
  | 'nv_cache_miss_duration_per_model'
  | 'nv_model_load_duration_secs'
  | 'nv_cpu_utilization'
  | 'nv_cpu_memory_total_bytes'
  | 'nv_cpu_memory_used_bytes'
  | 'switchyard_inference_request_seconds'
  | 'switchyard_inference_queue_seconds'
  | 'switchyard_inference_compute_seconds'
  | 'switchyard_inference_batch_rows'
  | 'switchyard_device_info'
  | 'switchyard_model_ready'
  | 'switchyard_model_instances'
  | 'switchyard_model_instances_replaced'
  | 'switchyard_model_resident_bytes'
  | 'switchyard_model_events_total'
  | 'switchyard_requests_total'
  | 'switchyard_connections'
  | 'switchyard_in_flight_bytes'
  | 'switchyard_build_info';

/**
 * Every metric of a server but those of the process, which `prom-client` names (`process_*`, `nodejs_*`).
 * Names that begin with `nv_` are Triton's, with its units, so that dashboards go on working.
 */
export const METRICS: Readonly<Record<MetricName, MetricDefinition>> = {
  nv_inference_request_success: {
    type: 'counter',
    help: 'Requests that were answered.',
    labels: MODEL,
  },
  nv_inference_request_failure: {
    type: 'counter',
    help: 'Requests that were not answered, by reason: REJECTED, CANCELED, BACKEND or OTHER.',
    labels: [...MODEL, 'reason'],
  },
  nv_inference_count: {
    type: 'counter',
    help: 'Rows that were inferred: a request of batch size 8 counts 8. Cached answers do not count.',
    labels: MODEL,
  },
  nv_inference_exec_count: {
    type: 'counter',
    help: 'Runs of the model, each of one batch.',
    labels: MODEL,
  },
  nv_inference_pending_request_count: {
    type: 'gauge',
    help: 'Requests that wait or run.',
    labels: MODEL,
  },
  nv_inference_request_duration_us: {
    type: 'counter',
    help: 'Time of answered requests in all, in microseconds.',
    labels: MODEL,
  },
  nv_inference_queue_duration_us: {
    type: 'counter',
    help: 'Time of requests in the queue in all, in microseconds.',
    labels: MODEL,
  },
  nv_inference_compute_input_duration_us: {
    type: 'counter',
    help: 'Time for handing over inputs in all, in microseconds.',
    labels: MODEL,
  },
  nv_inference_compute_infer_duration_us: {
    type: 'counter',
    help: 'Time of the engine in all, in microseconds.',
    labels: MODEL,
  },
  nv_inference_compute_output_duration_us: {
    type: 'counter',
    help: 'Time for taking back outputs in all, in microseconds.',
    labels: MODEL,
  },
  nv_cache_num_hits_per_model: { type: 'counter', help: 'Answers out of the cache.', labels: MODEL },
  nv_cache_num_misses_per_model: {
    type: 'counter',
    help: 'Requests that the cache had no answer for.',
    labels: MODEL,
  },
  nv_cache_hit_duration_per_model: {
    type: 'counter',
    help: 'Time of answers out of the cache in all, in microseconds.',
    labels: MODEL,
  },
  nv_cache_miss_duration_per_model: {
    type: 'counter',
    help: 'Time for looking into the cache and keeping answers in all, in microseconds.',
    labels: MODEL,
  },
  nv_model_load_duration_secs: {
    type: 'gauge',
    help: 'Time of the last load that succeeded, warm-up included, in seconds.',
    labels: MODEL,
  },
  nv_cpu_utilization: {
    type: 'gauge',
    help: 'Share of all processors that was busy since the last reading, 0 to 1.',
    labels: [],
  },
  nv_cpu_memory_total_bytes: { type: 'gauge', help: 'Memory of the machine.', labels: [] },
  nv_cpu_memory_used_bytes: {
    type: 'gauge',
    help: 'Memory of the machine that is not available to a new program.',
    labels: [],
  },
  switchyard_inference_request_seconds: {
    type: 'histogram',
    help: 'Time of a request, from its arrival to its answer.',
    labels: MODEL,
  },
  switchyard_inference_queue_seconds: {
    type: 'histogram',
    help: 'Time of a request in the queue.',
    labels: MODEL,
  },
  switchyard_inference_compute_seconds: {
    type: 'histogram',
    help: 'Time of a request in the model: inputs, engine and outputs.',
    labels: MODEL,
  },
  switchyard_inference_batch_rows: {
    type: 'histogram',
    help: 'Rows of the batch that a request ran in.',
    labels: MODEL,
  },
  switchyard_device_info: {
    type: 'gauge',
    help: 'What really runs a model, as the engine reported it; always 1.',
    labels: [...MODEL, 'backend', 'device', 'provider', 'class', 'fallback'],
  },
  switchyard_model_ready: {
    type: 'gauge',
    help: '1 while every instance of a loaded version is healthy, otherwise 0.',
    labels: MODEL,
  },
  switchyard_model_instances: {
    type: 'gauge',
    help: 'Instances of a loaded version.',
    labels: MODEL,
  },
  switchyard_model_instances_replaced: {
    type: 'counter',
    help: 'Processes of a loaded version that took the place of one that ended.',
    labels: MODEL,
  },
  switchyard_model_resident_bytes: {
    type: 'gauge',
    help: 'Memory of the processes of a version; not there where it cannot be read.',
    labels: MODEL,
  },
  switchyard_model_events_total: {
    type: 'counter',
    help: 'What happened to models: loading, ready, load-failed, not-copied, unloaded, instance-ended, instance-restored, circuit-open, circuit-closed, batching-off.',
    labels: ['kind'],
  },
  switchyard_requests_total: {
    type: 'counter',
    help: 'Requests for inference, those for models that do not exist included. Outcome: success, REJECTED, CANCELED, BACKEND or OTHER.',
    labels: ['protocol', 'outcome'],
  },
  switchyard_connections: {
    type: 'gauge',
    help: 'Connections that are open.',
    labels: ['protocol'],
  },
  switchyard_in_flight_bytes: {
    type: 'gauge',
    help: 'Memory that is reserved for requests under way.',
    labels: [],
  },
  switchyard_build_info: { type: 'gauge', help: 'Version of the server; always 1.', labels: ['version'] },
};
