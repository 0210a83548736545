import type { ChildProcess } from 'node:child_process';
import { guardChild } from './exit-guard.ts';

/** A process that was started before it was known which model it is for. */
export interface SpareProcess {
  /** Its id, or `null` where it could not be started. */
  readonly pid: number | null;
  /** Hands the process over, once; `null` when there is none any more. */
  take(): ChildProcess | null;
  /** Ends the process, unless it was handed over. */
  end(): void;
}

/**
 * Starts a process for the first session that a runtime opens in one (`IsolationOptions.spareProcess`), so
 * that Node.js starts there while this process still looks at models, machine and settings. Whoever starts
 * it ends it: it keeps this process alive.
 */
export async function startSpareProcess(): Promise<SpareProcess> {
  // Here, because whoever only asks what would run needs no processes.
  const { startProcess } = await import('./start-process.ts');
  let child: ChildProcess | null = startProcess();
  const unguard = guardChild(child, null);
  child.on('error', ignore);
  const release = (): ChildProcess | null => {
    const held = child;
    if (held === null) return null;
    child = null;
    unguard();
    return held;
  };
  return {
    pid: child.pid ?? null,
    take() {
      const held = release();
      if (held === null || held.pid === undefined || held.exitCode !== null || held.signalCode !== null) {
        return null;
      }
      held.off('error', ignore);
      return held;
    },
    end() {
      release()?.kill('SIGKILL');
    },
  };
}

/** One that could not be started is not handed over, and the session says why its own could not. */
function ignore(): void {}
