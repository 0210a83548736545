import { setTimeout as sleep } from 'node:timers/promises';
import {
  errorText,
  pluginBug,
  reasonProblem,
  type BackendV1,
  type HostFacts,
  type Reason,
} from '@switchyard/core';
import type { ProbeLevel } from './probe-record.ts';

/** The first level: whether the files that a backend needs are there. Loads nothing, in this process. */
export async function lookForProbeFiles(
  backend: BackendV1,
  host: HostFacts,
  deadlineMs: number,
): Promise<ProbeLevel> {
  const began = performance.now();
  const answer = await look(backend, host, deadlineMs);
  const durationMs = performance.now() - began;
  const common = { level: 'artifacts', device: null, devices: [], placement: null, durationMs } as const;
  return typeof answer === 'string'
    ? { ...common, status: 'ok', reason: null, note: answer }
    : { ...common, status: 'failed', reason: answer, note: answer.message };
}

async function look(backend: BackendV1, host: HostFacts, deadlineMs: number): Promise<string | Reason> {
  if (backend.doArtifacts === undefined) return 'The backend needs no files.';
  const packageName = backend.manifest.package.name;
  const late = new AbortController();
  try {
    const checks = await Promise.race([
      backend.doArtifacts(host),
      sleep(deadlineMs, null, { signal: late.signal }),
    ]);
    if (checks === null) return timedOut(backend.manifest.id, deadlineMs);
    const reason = checks.find(({ problem }) => problem !== null)?.problem ?? null;
    const problem = reason === null ? null : reasonProblem(reason);
    if (problem !== null) return pluginBug(packageName, problem);
    return reason ?? `Present: ${checks.map(({ name }) => name).join(', ') || 'nothing is needed'}.`;
  } catch (error) {
    return pluginBug(packageName, `its \`doArtifacts\` threw: ${errorText(error)}`);
  } finally {
    late.abort();
  }
}

function timedOut(id: string, deadlineMs: number): Reason {
  return {
    code: 'probe-timeout',
    message: `Looking for the files of \`${id}\` did not end within ${deadlineMs / 1000} s, which proves nothing.`,
    evidence: [{ path: 'probe.level', value: 'artifacts' }],
    remedy: 'Try again when the disk is less busy.',
  };
}
