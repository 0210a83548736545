import { readFile } from 'node:fs/promises';
import type { BackendSessionV1, BackendV1 } from '@switchyard/core';
import { openIsolated } from '../isolation/open-isolated.ts';
import type { IsolatedSession } from '../isolation/isolated-session.ts';
import type { OpenForTrial } from './trial-types.ts';

/**
 * Opens models in processes of their own, so that a crash or a hang ends nothing else. Where one of the
 * backends that are compared can only run inline, all of them do, so that no time is spent on one side only.
 */
export function trialProcesses(backends: readonly BackendV1[]): OpenForTrial {
  const isolation = backends.every(({ origin }) => origin !== undefined) ? 'process' : 'inline';
  return (backend, model, context) => openIsolated(backend, isolation, model, context);
}

/** Resident memory of the process of a session in bytes; `null` where it has none or the platform does not tell. */
export async function residentBytesOf(session: BackendSessionV1): Promise<number | null> {
  const { isolation } = session as Partial<IsolatedSession>;
  if (isolation?.kind !== 'process' || isolation.pid === null || process.platform !== 'linux') return null;
  const status = await readFile(`/proc/${isolation.pid}/status`, 'utf8').catch((error: unknown) => {
    // The process may have ended, which whoever runs the model will be told.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return '';
    throw error;
  });
  const resident = /^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1];
  return resident === undefined ? null : Number(resident) * 1024;
}
