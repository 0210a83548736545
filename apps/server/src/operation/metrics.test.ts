import { describe, expect, it } from 'vitest';
import type { ModelExecutor } from '../execution/model-executor.ts';
import { createStatistics } from '../execution/create-statistics.ts';
import type { ServedModel } from '../repository/model-repository.ts';
import { METRICS } from './metric-definitions.ts';
import { createMetrics } from './metrics.ts';
import type { InferenceRecord } from './observer.ts';

const truth = {
  backend: 'cuda',
  device: { id: 'cuda:0', name: 'A GPU "1"\n', kind: 'gpu', software: false },
  executionProviders: ['CUDAExecutionProvider', 'CPUExecutionProvider'],
  fallback: 'something was not there.',
  reason: 'It was asked for.',
} as const;
const times = { queueNs: 3e6, inputNs: 1e6, inferNs: 2e6, outputNs: 1e6 };
const record: InferenceRecord = {
  protocol: 'grpc',
  requestId: 'r',
  model: 'm',
  version: '2',
  failure: null,
  error: '',
  rows: 2,
  batchSize: 4,
  cached: null,
  totalNs: 40e6,
  times,
  truth,
};

/** One loaded version as metrics see it, over real statistics. */
function served(): { readonly model: ServedModel; readonly executor: ModelExecutor } {
  const executor = {
    truth,
    statistics: createStatistics(),
    pending: () => 3,
    residentBytes: () => 1000,
    health: () => ({ state: 'recovering', reason: 'x', instances: [{ pid: 1, busy: false, replaced: 2 }] }),
  } as unknown as ModelExecutor;
  return { executor, model: { name: 'm', version: '2', executor } as unknown as ServedModel };
}

function lines(text: string): ReadonlyMap<string, number> {
  const pairs = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(
      (line) =>
        [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const,
    );
  return new Map(pairs);
}

describe('metrics', () => {
  it("are Triton's from the statistics, histograms, and what really runs a model", async () => {
    const { model, executor } = served();
    const metrics = createMetrics({
      models: () => [model],
      connections: () => ({ rest: 5, grpc: 0 }),
      inFlightBytes: () => 77,
    });
    metrics.observer.model({ kind: 'ready', model: 'm', version: '2', truth, seconds: 1.5 });
    metrics.observer.inference(record);
    executor.statistics.executed(4, times);
    executor.statistics.succeeded(2, 40e6, times, null);
    executor.statistics.failed('REJECTED', 1);
    await metrics.text();
    const page = lines(await metrics.text());
    const labels = '{model="m",version="2"}';
    expect(Object.fromEntries(page)).toMatchObject({
      [`nv_inference_request_success${labels}`]: 1,
      [`nv_inference_count${labels}`]: 2,
      [`nv_inference_exec_count${labels}`]: 1,
      [`nv_inference_pending_request_count${labels}`]: 3,
      [`nv_inference_request_duration_us${labels}`]: 40_000,
      [`nv_inference_queue_duration_us${labels}`]: 3000,
      [`nv_inference_compute_infer_duration_us${labels}`]: 2000,
      'nv_inference_request_failure{model="m",version="2",reason="REJECTED"}': 1,
      'nv_inference_request_failure{model="m",version="2",reason="BACKEND"}': 0,
      [`nv_model_load_duration_secs${labels}`]: 1.5,
      [`switchyard_model_ready${labels}`]: 0,
      [`switchyard_model_instances_replaced${labels}`]: 2,
      [`switchyard_model_resident_bytes${labels}`]: 1000,
      'switchyard_device_info{model="m",version="2",backend="cuda",device="cuda:0",provider="CUDAExecutionProvider,CPUExecutionProvider",class="gpu",fallback="true"}': 1,
      'switchyard_inference_request_seconds_bucket{le="0.025",model="m",version="2"}': 0,
      'switchyard_inference_request_seconds_bucket{le="0.05",model="m",version="2"}': 1,
      [`switchyard_inference_batch_rows_sum${labels}`]: 4,
      'switchyard_requests_total{protocol="grpc",outcome="success"}': 1,
      'switchyard_connections{protocol="rest"}': 5,
      switchyard_in_flight_bytes: 77,
    });
    expect([...page.keys()].some((name) => name.startsWith('nodejs_eventloop_lag'))).toBe(true);
  });

  it('have every name of the reference and no other of theirs', async () => {
    const metrics = createMetrics({ models: () => [], connections: () => ({}), inFlightBytes: () => 0 });
    const named = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].filter(
      ([, name]) => !/^(?:process|nodejs)_/.test(name!),
    );
    expect(Object.fromEntries(named.map(([, name, type]) => [name, type]))).toEqual(
      Object.fromEntries(Object.entries(METRICS).map(([name, { type }]) => [name, type])),
    );
  });

  it('do not grow by names that clients make up', async () => {
    const metrics = createMetrics({ models: () => [], connections: () => ({}), inFlightBytes: () => 0 });
    const before = [...lines(await metrics.text()).keys()].filter((name) => name.startsWith('switchyard'));
    for (let index = 0; index < 500; index += 1) {
      metrics.observer.inference({
        ...record,
        model: `made-up-${index}`,
        version: '',
        failure: 'OTHER',
        times: null,
      });
    }
    const after = [...lines(await metrics.text()).keys()].filter((name) => name.startsWith('switchyard'));
    expect(after.filter((name) => !before.includes(name))).toEqual([
      'switchyard_requests_total{protocol="grpc",outcome="OTHER"}',
    ]);
  });

  it('forget a version that was unloaded', async () => {
    const metrics = createMetrics({ models: () => [], connections: () => ({}), inFlightBytes: () => 0 });
    metrics.observer.model({ kind: 'ready', model: 'm', version: '2', truth, seconds: 1 });
    metrics.observer.inference(record);
    expect(await metrics.text()).toContain('model="m"');
    metrics.observer.model({ kind: 'unloaded', model: 'm', version: '2', reason: 'x' });
    metrics.observer.inference(record);
    expect(await metrics.text()).not.toContain('model="m"');
  });

  it('go on for a version whose files were replaced, which is ready before the old one ends', async () => {
    const metrics = createMetrics({ models: () => [], connections: () => ({}), inFlightBytes: () => 0 });
    const ready = { kind: 'ready', model: 'm', version: '2', truth, seconds: 1 } as const;
    metrics.observer.model(ready);
    metrics.observer.inference(record);
    metrics.observer.model(ready);
    metrics.observer.model({ kind: 'unloaded', model: 'm', version: '2', reason: 'it was replaced' });
    metrics.observer.inference(record);
    const count = 'switchyard_inference_request_seconds_count{model="m",version="2"}';
    expect(lines(await metrics.text()).get(count)).toBe(2);
  });

  it('of two servers in one process do not meet', async () => {
    const [one, other] = [1, 2].map((bytes) =>
      createMetrics({ models: () => [], connections: () => ({}), inFlightBytes: () => bytes }),
    );
    expect(lines(await one!.text()).get('switchyard_in_flight_bytes')).toBe(1);
    expect(lines(await other!.text()).get('switchyard_in_flight_bytes')).toBe(2);
  });
});
