import { errorText } from '@switchyard/core';
import type { InferenceServer } from './create-server.ts';
import type { ServerLog } from './operation/server-log.ts';
import type { ServerSettings } from './options/server-settings.ts';

/** Waits for what ends a server, and ends it. */
export interface Ending {
  /** The server that is to be ended, once there is one. */
  serve(server: InferenceServer): void;
  /** Settles when somebody asked for the end. */
  readonly asked: Promise<void>;
  /** The exit status, once the server ended. */
  readonly ended: Promise<number>;
  begun(): boolean;
  /** Hands signals and errors back to the process. */
  release(): void;
}

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
const FAILED = 1;
/** For what ends because something went wrong that nobody foresaw, and may hang because of it. */
const FAILURE_PATIENCE_MS = 3000;

/**
 * Listens for SIGTERM and SIGINT. The first ends the server in order: with the delay for SIGTERM, which an
 * orchestrator sends, and without it for SIGINT, which a person sends. The second ends the process at once;
 * processes of models end with it. An error that nobody caught is told and ends the server too, because
 * nobody knows what state it left.
 */
export function waitForEnd({
  log,
  settings,
}: {
  readonly log: ServerLog;
  readonly settings: Pick<ServerSettings, 'shutdownDelayMs' | 'exitTimeoutMs'>;
}): Ending {
  const served = Promise.withResolvers<InferenceServer>();
  let begun = false;
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();

  const finish = async (status: number, delayMs: number, timeoutMs: number): Promise<void> => {
    try {
      // A process that hangs must not outlive the time that it was given.
      setTimeout(() => process.exit(status), timeoutMs + FAILURE_PATIENCE_MS).unref();
      // A signal may come while the server is still being made.
      await (await served.promise).close({ delayMs, timeoutMs });
      ended.resolve(status);
    } catch (error) {
      log.error('the server did not end in order', { reason: errorText(error) });
      ended.resolve(FAILED);
    }
  };
  const onSignal = (signal: keyof typeof SIGNAL_NUMBERS): void => {
    if (begun) {
      log.warn('a second signal ends it at once', { signal });
      process.exit(128 + SIGNAL_NUMBERS[signal]);
    }
    begun = true;
    asked.resolve();
    log.info('a signal asks for the end', { signal });
    void finish(0, signal === 'SIGTERM' ? settings.shutdownDelayMs : 0, settings.exitTimeoutMs);
  };
  const onError = (error: unknown): void => {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    log.error('an error that nobody caught ends the server', { reason: errorText(error), stack });
    if (begun) return;
    begun = true;
    asked.resolve();
    void finish(FAILED, 0, FAILURE_PATIENCE_MS);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return {
    serve: served.resolve,
    asked: asked.promise,
    ended: ended.promise,
    begun: () => begun,
    release() {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}
