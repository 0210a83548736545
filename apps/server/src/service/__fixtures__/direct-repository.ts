import { createCpuBackend } from '@switchyard/backend-cpu';
import { ProtocolError } from '@switchyard/open-inference';
import { createRuntime, type Session } from '@switchyard/runtime';
import type { FixtureModel } from '../../__fixtures__/models.ts';
import type { ExecutionRequest, ExecutorHealth } from '../../execution/model-executor.ts';
import type { StatisticsRecorder } from '../../execution/model-statistics.ts';
import type { ModelRepository, ServedModel } from '../../repository/model-repository.ts';

const NOTHING = { count: 0, ns: 0 };
const TIMES = { queueNs: 1000, inputNs: 2000, inferNs: 3000, outputNs: 4000 };

/** What a test does to the models and sees of them. */
export interface DirectRepository extends ModelRepository {
  /** Requests that came to execution. */
  readonly executed: ExecutionRequest[];
  /** What the statistics were told: `failed OTHER`. The sessions count nothing themselves. */
  readonly counted: string[];
  /** Leases that were not given back. */
  readonly leases: { held: number };
  readonly loads: string[];
  health: ExecutorHealth;
}

/** A repository whose models run in real sessions on this thread, without queues, batches or processes. */
export async function openDirectRepository(models: readonly FixtureModel[]): Promise<DirectRepository> {
  const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
  const shared: Shared = { executed: [], counted: [], leases: { held: 0 }, loads: [] };
  const served = new Map<string, ServedModel>();
  const repository: DirectRepository = {
    ...shared,
    health: { state: 'ready', reason: '', instances: [] },
    start: async () => {},
    find: (name, version) => {
      const model = served.get(name);
      if (model === undefined) {
        throw new ProtocolError('not-found', `Request for unknown model: '${name}' is not found`);
      }
      if (version === '' || version === model.version) return model;
      throw new ProtocolError(
        'not-found',
        `Request for unknown model: '${name}' version ${version} is not found`,
      );
    },
    lease: (name, version) => {
      const model = repository.find(name, version);
      shared.leases.held += 1;
      return { model, [Symbol.dispose]: () => (shared.leases.held -= 1) };
    },
    loaded: () => [...served.values()],
    index: () => [
      ...[...served.keys()].map((name) => ({ name, version: '1', state: 'READY' as const, reason: '' })),
      { name: 'never_loaded' },
    ],
    load: async (name, { config, files }) => {
      const texts = [...files].map(([path, bytes]) => `${path}=${bytes.join('+')}`);
      shared.loads.push(`load ${name} ${config} ${texts.join(' ')}`);
    },
    unload: async (name, { dependents }) => {
      shared.loads.push(`unload ${name} ${dependents}`);
    },
    readiness: () => ({ ready: repository.health.state === 'ready', reason: '' }),
    close: () => runtime.close(),
    [Symbol.asyncDispose]: () => runtime.close(),
  };
  for (const model of models) {
    const session = await runtime.open({ bytes: model.bytes, name: model.name }, { isolation: 'inline' });
    served.set(model.name, serve(model, session, shared, () => repository.health));
  }
  return repository;
}

type Shared = Pick<DirectRepository, 'executed' | 'counted' | 'leases' | 'loads'>;

function serve(
  model: FixtureModel,
  session: Session,
  shared: Shared,
  health: () => ExecutorHealth,
): ServedModel {
  const labels = new Map(model.outputs.map((output) => [output.name, output.labels ?? null]));
  return {
    name: model.name,
    version: '1',
    versions: () => ['1'],
    maxBatchSize: model.maxBatchSize,
    config: {
      name: model.name,
      platform: 'onnxruntime_onnx',
      max_batch_size: model.maxBatchSize,
      // Proto-JSON writes int64 as strings.
      input: model.inputs.map(({ name, dims }) => ({ name, dims: dims.map(String) })),
      output: model.outputs.map(({ name, dims }) => ({ name, dims })),
    },
    labels: (output) => labels.get(output) ?? null,
    contentHash: 'c0ffee',
    executor: {
      inputs: session.inputs,
      outputs: session.outputs,
      selection: session.selection,
      truth: {
        backend: 'cpu',
        device: session.device,
        executionProviders: session.executionProviders,
        fallback: null,
        reason: 'It was the only one.',
      },
      statistics: recorder(shared.counted),
      run: async (request) => {
        shared.executed.push(request);
        const outputs = await session.run(request.feeds);
        return { outputs, times: TIMES, batchSize: request.rows, cached: null, inputsAreFree: false };
      },
      health,
      pending: () => 0,
      residentBytes: () => 4096,
      [Symbol.asyncDispose]: session.close,
    },
  };
}

function recorder(counted: string[]): StatisticsRecorder {
  return {
    executed: () => {},
    succeeded: (rows) => counted.push(`succeeded ${rows}`),
    failed: (reason) => counted.push(`failed ${reason}`),
    snapshot: () => ({
      lastInference: 0,
      inferenceCount: 3,
      executionCount: 2,
      infer: {
        success: NOTHING,
        fail: NOTHING,
        queue: NOTHING,
        compute_input: NOTHING,
        compute_infer: NOTHING,
        compute_output: NOTHING,
        cache_hit: NOTHING,
        cache_miss: NOTHING,
      },
      batches: [],
      failures: { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 },
    }),
  };
}
