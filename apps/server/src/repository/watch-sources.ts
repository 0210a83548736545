import { resolve } from 'node:path';
import { watch } from 'chokidar';

/** Looks at sources again and again until it is released. */
export interface SourceWatcher extends AsyncDisposable {}

export interface WatchSourcesRequest {
  readonly sources: readonly string[];
  /** Whether the file system is asked to tell of changes. */
  readonly events: boolean;
  readonly intervalMs: number;
  readonly settleMs: number;
  /** Looks once; `true` when something has to be looked at again after the settle time. */
  readonly look: () => Promise<boolean>;
}

/** Interval in milliseconds where the file system cannot tell of changes after all. */
const WITHOUT_EVENTS_MS = 2000;
/** A source, a model, a version and data in it. */
const DEPTH = 5;

/**
 * One look at a time: soon after an event, after the settle time when something was unsettled, and at an
 * interval in any case, because events of network and container file systems get lost.
 */
export function watchSources(request: WatchSourcesRequest): SourceWatcher {
  const { sources, events, settleMs, look } = request;
  let { intervalMs } = request;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  let due = Infinity;
  let looking: Promise<void> | null = null;

  const soon = (delayMs: number): void => {
    const at = performance.now() + delayMs;
    // An event never puts a look off, so that steady writes to one model do not starve the others.
    if (closed || at >= due) return;
    if (timer !== null) clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      timer = null;
      due = Infinity;
      // A look that is under way may have passed by what changed.
      if (looking === null) looking = lookOnce();
      else soon(settleMs);
    }, delayMs);
    timer.unref();
  };
  const lookOnce = async (): Promise<void> => {
    let open = true;
    try {
      open = await look();
    } catch {
      // What could not be looked at now is looked at again.
    }
    looking = null;
    soon(open ? settleMs : intervalMs);
  };

  const watcher = events
    ? watch(
        sources.map((source) => resolve(source)),
        { ignoreInitial: true, depth: DEPTH, ignorePermissionErrors: true },
      )
    : null;
  watcher?.on('all', () => soon(Math.min(settleMs, intervalMs)));
  // As when the system has no watches left; looking at an interval finds the same, only later.
  watcher?.on('error', () => {
    intervalMs = Math.min(intervalMs, WITHOUT_EVENTS_MS);
    soon(settleMs);
  });
  // Whatever changed between the first load and this moment.
  soon(settleMs);

  return {
    [Symbol.asyncDispose]: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await watcher?.close();
      await looking;
    },
  };
}
