import type { ModelConfigJson } from '@switchyard/open-inference';
import type { ModelExecutor } from '../execution/model-executor.ts';
import type { ModelLease, ServedModel } from './model-repository.ts';
import type { PreparedVersion } from './prepare-version.ts';

/** A version that an executor runs, until nobody holds it any more. */
export class LoadedVersion implements ServedModel {
  readonly name: string;
  readonly version: string;
  readonly maxBatchSize: number;
  readonly config: ModelConfigJson;
  readonly executor: ModelExecutor;
  readonly contentHash: string;
  readonly #labels: ReadonlyMap<string, readonly string[]>;
  readonly #cleanUp: (() => Promise<void>) | null;
  readonly #readyVersions: () => readonly string[];
  #holds = 0;
  #retired: (() => void) | null = null;

  /** @param cleanUp called once nothing of the version is left */
  constructor(
    prepared: PreparedVersion,
    executor: ModelExecutor,
    readyVersions: () => readonly string[],
    cleanUp: (() => Promise<void>) | null,
  ) {
    this.#cleanUp = cleanUp;
    this.name = prepared.executor.model;
    this.version = prepared.executor.version;
    this.maxBatchSize = prepared.executor.maxBatchSize;
    this.config = withTruth(withShapes(prepared, executor), executor);
    this.executor = executor;
    this.contentHash = prepared.contentHash;
    this.#labels = prepared.labels;
    this.#readyVersions = readyVersions;
  }

  versions(): readonly string[] {
    return this.#readyVersions();
  }

  labels(output: string): readonly string[] | null {
    return this.#labels.get(output) ?? null;
  }

  hold(): ModelLease {
    this.#holds += 1;
    return new Lease(this);
  }

  /** Takes one hold back. */
  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#retired?.();
  }

  /**
   * Waits until nobody holds it, then lets the executor come to its end. Called once. When the signal
   * aborts, nothing is waited for any more.
   */
  async retire(forced: AbortSignal): Promise<void> {
    if (this.#holds > 0 && !forced.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#retired = resolve;
      forced.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
    try {
      await (this.executor.close?.(forced) ?? this.executor[Symbol.asyncDispose]());
    } finally {
      await this.#cleanUp?.();
    }
  }
}

class Lease implements ModelLease {
  readonly model: LoadedVersion;
  #released = false;

  constructor(model: LoadedVersion) {
    this.model = model;
  }

  [Symbol.dispose](): void {
    if (this.#released) return;
    this.#released = true;
    this.model.release();
  }
}

/** Shapes of outputs that only the engine knows; one that it does not know either stays `[-1]`. */
function withShapes(
  { config, unknownRank, executor }: PreparedVersion,
  opened: ModelExecutor,
): ModelConfigJson {
  if (unknownRank.size === 0) return config;
  const output = (config['output'] as readonly ModelConfigJson[]).map((one) => {
    const known = unknownRank.has(String(one['name']))
      ? opened.outputs.find(({ name }) => name === one['name'])
      : undefined;
    if (known === undefined || known.shape.length === 0) return one;
    const dims = known.shape.map((size) => (typeof size === 'number' ? size : -1));
    return { ...one, dims: executor.maxBatchSize > 0 ? dims.slice(1) : dims };
  });
  return { ...config, output };
}

/** What really runs it, among the parameters, so that the configuration of a model says it too. */
function withTruth(config: ModelConfigJson, executor: ModelExecutor): ModelConfigJson {
  const { backend, device, executionProviders, fallback, reason } = executor.truth;
  const truth = {
    'truth.backend': backend,
    'truth.device': device.id,
    'truth.execution_providers': executionProviders.join(','),
    'truth.reason': reason,
    ...(fallback === null ? {} : { 'truth.fallback': fallback }),
  };
  const parameters: Record<string, unknown> = Object.create(null);
  Object.assign(parameters, config['parameters']);
  for (const [key, text] of Object.entries(truth)) parameters[key] = { string_value: text };
  return { ...config, parameters };
}
