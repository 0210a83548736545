import { availableParallelism } from 'node:os';
import type { Runtime, Session } from '@switchyard/runtime';
import type { Observer } from '../operation/observer.ts';
import { Executor } from './executor.ts';
import type { OpenSession } from './instance.ts';
import type { ExecutorConfig, ModelExecutor } from './model-executor.ts';
import { engineDefaults, threadsOfInstance } from './engine-defaults.ts';

/** Who is told of what happens to the instances of a model. */
export type ExecutorHooks = Pick<Observer, 'model'>;

/**
 * Opens the instances of a model, warms them, and gives what runs requests on them. Which backend and
 * device that is decides `runtime.open`; an instance that it opens elsewhere than the first is refused.
 *
 * @throws what `runtime.open` throws, and what a warm-up run failed with
 */
export async function openModelExecutor(
  runtime: Runtime,
  modelPath: string,
  config: ExecutorConfig,
  hooks: ExecutorHooks,
): Promise<ModelExecutor> {
  const { open, instances, threadShare } = config;
  // One instance with the machine to itself is left to the engine, which knows the cores better.
  const shared = threadShare !== undefined || instances > 1;
  const cores = threadShare ?? availableParallelism();
  const defaults = engineDefaults(runtime.registry, shared ? threadsOfInstance(instances, cores) : null);
  for (const [id, own] of Object.entries(open.defaults ?? {})) defaults[id] = { ...defaults[id], ...own };
  let device: string | null = null;
  const openSession: OpenSession = async (onIsolation, signal) => {
    const { signal: callersSignal, checkModel } = open;
    if (device !== null) await checkModel?.();
    const session = await runtime.open(modelPath, {
      ...open,
      isolation: open.isolation ?? 'process',
      defaults,
      signal:
        device === null && callersSignal !== undefined ? AbortSignal.any([callersSignal, signal]) : signal,
      onIsolation,
    });
    try {
      if (device !== null) await checkModel?.();
      // Nothing moves to other hardware without being asked for.
      if (device !== null && session.device.id !== device) {
        throw new Error(`the model was opened on \`${session.device.id}\` instead of \`${device}\``);
      }
      await warmUp(session, config);
    } catch (error) {
      await session.close();
      throw error;
    }
    device = session.device.id;
    return session;
  };
  const executor = new Executor(config, openSession, (event) => hooks.model(event));
  await executor.start();
  return executor;
}

async function warmUp(session: Session, { warmup, executionTimeoutMs }: ExecutorConfig): Promise<void> {
  const options = executionTimeoutMs > 0 ? { timeoutMs: executionTimeoutMs } : undefined;
  for (const { count, feeds } of warmup) {
    for (let run = 0; run < count; run += 1) await session.run(feeds, options);
  }
}
