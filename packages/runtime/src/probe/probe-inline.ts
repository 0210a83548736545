import { pluginBug } from '@switchyard/core';
import type { ProbeDeadlines } from './probe-deadlines.ts';
import type { ProbeLevelEnd } from './probe-protocol.ts';
import type { ProbeLevelName } from './probe-record.ts';
import { checkMessage } from './check-message.ts';
import { runLevels, type LevelsRequest } from './run-levels.ts';
import { probeAborted } from './probe-aborted.ts';
import type { OpenLevel, ProbeEnding } from './run-probe-child.ts';

/**
 * Tries a backend in this process. What hangs cannot be ended: it is left and called a timeout. What crashes
 * takes this process with it, which is why only a backend that may run inline comes here.
 *
 * @throws ExecutionError `aborted`
 */
export async function probeInline(
  request: LevelsRequest & { readonly deadlines: ProbeDeadlines },
  onBegin: (level: ProbeLevelName, device: string | null) => void,
  onEnd: (end: ProbeLevelEnd) => void,
): Promise<ProbeEnding> {
  const { backend, deadlines, signal } = request;
  const { id, package: from } = backend.manifest;
  const stopped = Promise.withResolvers<ProbeEnding>();
  const stale = new AbortController();
  let open: OpenLevel | null = null;
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => stopped.reject(probeAborted(id, signal));
  signal?.addEventListener('abort', onAbort, { once: true });

  const over = performance.now() + deadlines.total;
  const arm = (level: OpenLevel): void => {
    const milliseconds = Math.max(0, Math.min(deadlines[level.level], over - performance.now()));
    timer = setTimeout(() => {
      const reason = {
        code: 'probe-timeout',
        message: `The level \`${level.level}\` of \`${id}\` did not end in time, which proves nothing; it may still be running in this process.`,
        evidence: [{ path: 'probe.level', value: level.level }],
        remedy: 'Try again when the machine is less busy.',
      } as const;
      stopped.resolve({ kind: 'timeout', reason, during: level });
    }, milliseconds);
  };
  const levels = runLevels(
    { ...request, signal: AbortSignal.any([stale.signal, ...(signal === undefined ? [] : [signal])]) },
    (message) => {
      if (stale.signal.aborted) return;
      clearTimeout(timer);
      if (message.type === 'begin') {
        open = { level: message.level, device: message.device, began: performance.now() };
        onBegin(message.level, message.device);
        arm(open);
      } else if (message.type === 'end') {
        const checked = checkMessage(JSON.stringify(message));
        if (typeof checked === 'string') {
          stopped.resolve({ kind: 'failed', reason: pluginBug(from.name, checked), during: open });
        } else onEnd(checked as ProbeLevelEnd);
        open = null;
      }
    },
  ).then(
    () => stopped.resolve({ kind: 'answered' }),
    (error: unknown) => stopped.reject(error),
  );
  try {
    return await stopped.promise;
  } finally {
    clearTimeout(timer);
    stale.abort();
    signal?.removeEventListener('abort', onAbort);
    void levels;
  }
}
