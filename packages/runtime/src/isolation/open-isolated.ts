import {
  SettingsError,
  type BackendV1,
  type IsolationV1,
  type ModelSourceV1,
  type OpenContextV1,
} from '@switchyard/core';
import type { IsolationHooks, OpenHost } from './hosted-session.ts';
import { inlineSession } from './inline-session.ts';
import type { IsolatedSession } from './isolated-session.ts';
import type { OpenOrder } from './isolated-host.ts';
import type { SharedMemoryChoice } from './shared-folder.ts';
import type { SpareProcess } from './spare-process.ts';

/** How threads and processes are kept, whatever they run. */
export interface IsolationOptions {
  /**
   * (optional) Where large tensors pass between processes: the platform's memory that is a folder
   * (`/dev/shm` on Linux), a folder of that kind, or `false` for the socket alone. Default: `auto`.
   */
  readonly sharedMemory?: SharedMemoryChoice;
  /**
   * (optional) Most resident memory of a process in bytes; one that takes more is ended and its run
   * rejected. It is looked at every 50 ms. Linux and isolation `process` only. Default: no limit.
   */
  readonly maxRssBytes?: number;
  /**
   * (optional) Milliseconds that an exit of this process waits for threads in native code. After them
   * the process ends itself with SIGKILL, because ending such a thread aborts it. Default: 5000.
   */
  readonly exitWaitMs?: number;
  /**
   * (optional) A process of {@link startSpareProcess}, for the first session that gets one of its own. Default:
   * every session starts its own.
   */
  readonly spareProcess?: SpareProcess;
}

const EXIT_WAIT_MS = 5000;

/**
 * Opens a model in the isolation that {@link chooseIsolation} gave. Rejects with what `doOpen` rejects
 * with, of the same class in every isolation, and with `probe-crashed` when the process ended instead.
 *
 * A model given as bytes must not change while the session is open: a process that takes the place of
 * another reads them again.
 */
export async function openIsolated(
  backend: BackendV1,
  isolation: IsolationV1,
  model: ModelSourceV1,
  context: OpenContextV1,
  options: IsolationOptions = {},
  hooks: IsolationHooks = {},
): Promise<IsolatedSession> {
  const { id, package: from } = backend.manifest;
  checkMemoryLimit(isolation, options.maxRssBytes);
  if (isolation === 'inline') return inlineSession(await backend.doOpen(model, context), id);
  const { origin } = backend;
  if (origin === undefined) throw new TypeError(`\`${id}\` has no origin, so that it can only run inline.`);
  const order: OpenOrder = {
    backend: { id, package: from.name },
    origin,
    model,
    device: context.device,
    options: context.options,
    strict: context.strict ?? null,
  };
  // Only the first opening is the caller's; when a process is replaced, nobody waits for its progress.
  let first = true;
  // Here, because whoever only asks what would run needs neither processes nor threads.
  const { openHostedSession } = await import('./hosted-session.ts');
  const openHost: OpenHost = async (events) => {
    const signal = first ? (context.signal ?? null) : null;
    const onProgress = first ? (context.onProgress ?? null) : null;
    first = false;
    if (isolation === 'thread') {
      const exitWaitMs = options.exitWaitMs ?? EXIT_WAIT_MS;
      const { openThreadHost } = await import('./thread-host.ts');
      return openThreadHost(order, events, { signal, onProgress, exitWaitMs });
    }
    const { openProcessHost } = await import('./process-host.ts');
    return openProcessHost(order, events, {
      sharedMemory: options.sharedMemory ?? 'auto',
      maxRssBytes: options.maxRssBytes ?? null,
      spareProcess: options.spareProcess ?? null,
      signal,
      onProgress,
    });
  };
  return openHostedSession(backend, openHost, hooks);
}

function checkMemoryLimit(isolation: IsolationV1, limit: number | undefined): void {
  if (limit === undefined) return;
  if (isolation === 'process' && process.platform === 'linux' && limit > 0) return;
  throw new SettingsError(
    'invalid-value',
    `\`maxRssBytes\` is ${limit} with the isolation \`${isolation}\` on ${process.platform}, but only a process on Linux can be held to a number of bytes above 0.`,
    { source: 'maxRssBytes', remedy: 'Leave it out.' },
  );
}
