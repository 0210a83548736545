import type {
  BatchingPolicy,
  ExecutorConfig,
  QueuePolicy,
  WarmupRun,
} from '../../execution/model-executor.ts';
import { ConfigProblem, type CompleteConfig, type QueuePolicyConfig } from './model-config.ts';
import { instancePlan } from './open-request.ts';
import { switchyardParameters } from './switchyard-parameters.ts';

/** What holds where a configuration says nothing. */
export interface ModelDefaults {
  /** Rows of a batch for a model whose graph allows them. */
  readonly maxBatchSize: number;
  /** Requests that wait for a model. */
  readonly maxQueueSize: number;
  /** Milliseconds of one run, 0 for no limit. */
  readonly executionTimeoutMs: number;
  /** Bytes of cached responses of a model that wants a cache. */
  readonly responseCacheBytes: number;
}

export const MODEL_DEFAULTS: ModelDefaults = Object.freeze({
  maxBatchSize: 64,
  maxQueueSize: 256,
  executionTimeoutMs: 300_000,
  responseCacheBytes: 64 * 1024 * 1024,
});

/** @throws ConfigProblem for numbers that contradict each other */
export function executorConfig(
  config: CompleteConfig,
  version: string,
  warmup: readonly WarmupRun[],
  defaults: ModelDefaults,
): ExecutorConfig {
  const parameters = switchyardParameters(config);
  const { dynamic_batching: dynamic = {} } = config;
  const maxQueueSize = parameters.maxQueueSize ?? defaults.maxQueueSize;
  const priorityLevels = dynamic.priority_levels ?? 0;
  const byPriority = new Map<number, QueuePolicy>();
  for (const [level, policy] of Object.entries(dynamic.priority_queue_policy ?? {})) {
    if (Number(level) < 1 || Number(level) > priorityLevels) {
      throw new ConfigProblem(
        `\`dynamic_batching.priority_queue_policy\` has the level ${level}, but levels go from 1 to ${priorityLevels}`,
      );
    }
    byPriority.set(Number(level), queuePolicy(policy, maxQueueSize));
  }
  const { instances, open } = instancePlan(config, parameters);
  return {
    model: config.name,
    version,
    maxBatchSize: config.max_batch_size,
    batching:
      parameters.dynamicBatching === false ? null : batching(config, parameters.dynamicBatching === true),
    priorityLevels,
    defaultPriority: defaultPriority(priorityLevels, dynamic.default_priority_level ?? 0),
    queue: queuePolicy(dynamic.default_queue_policy ?? {}, maxQueueSize),
    queueByPriority: byPriority,
    instances,
    executionTimeoutMs: parameters.executionTimeoutMs ?? defaults.executionTimeoutMs,
    warmup,
    cacheBytes:
      config.response_cache?.enable === true
        ? (parameters.responseCacheBytes ?? defaults.responseCacheBytes)
        : 0,
    open,
  };
}

/**
 * Rows that are larger run alone on a CPU unless a configuration asks for batches. One by one, as much as
 * fits the caches is copied and computed at a time: rows of 16 KiB ran 6 times as fast in batches, of 128 KiB
 * 2.6 times, of 256 KiB 0.9 times and of 588 KiB 0.4 times (a model that only averages).
 */
const LARGEST_JOINED_ROW = 256 * 1024;

function batching(config: CompleteConfig, isAskedFor: boolean): BatchingPolicy | null {
  const { dynamic_batching: dynamic, max_batch_size: most } = config;
  if (dynamic === undefined) return null;
  if (most === 0) {
    throw new ConfigProblem('`dynamic_batching` needs a `max_batch_size` of 1 or more, but it is 0');
  }
  const sizes = (dynamic.preferred_batch_size ?? []).toSorted((left, right) => left - right);
  const wrong = sizes.find((size) => size < 1 || size > most);
  if (wrong !== undefined) {
    throw new ConfigProblem(
      `dynamic batching preferred size must be <= max batch size: \`preferred_batch_size\` has ${wrong}, but \`max_batch_size\` is ${most}`,
    );
  }
  const maxDelayMicros = dynamic.max_queue_delay_microseconds ?? 0;
  return {
    preferredSizes: sizes,
    maxDelayMicros,
    preserveOrdering: dynamic.preserve_ordering ?? false,
    ...(isAskedFor || sizes.length > 0 || maxDelayMicros > 0 ? {} : { maxRowBytes: LARGEST_JOINED_ROW }),
  };
}

function defaultPriority(levels: number, level: number): number {
  if (levels === 0 ? level === 0 : level >= 1 && level <= levels) return level;
  throw new ConfigProblem(
    `default priority level must be within [1, priority_levels]: it is ${level}, and there are ${levels} levels`,
  );
}

function queuePolicy(policy: QueuePolicyConfig, maxQueueSize: number): QueuePolicy {
  return {
    maxSize: policy.max_queue_size || maxQueueSize,
    timeoutMicros: policy.default_timeout_microseconds ?? 0,
    allowTimeoutOverride: policy.allow_timeout_override ?? false,
    timeoutAction: policy.timeout_action ?? 'REJECT',
  };
}
