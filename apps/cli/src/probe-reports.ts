import type { ProbeReport, Runtime } from '@switchyard/runtime';
import type { CliContext } from './cli-context.ts';

/**
 * Tries every backend that nobody forbade, each in a process of its own. What a person said must not be used
 * is not started either.
 */
export async function probeReports(
  runtime: Runtime,
  { signal }: Pick<CliContext, 'signal'>,
  { refresh, say }: { readonly refresh: boolean; readonly say: (phase: string) => void },
): Promise<readonly ProbeReport[]> {
  const { candidates } = await runtime.explain();
  const ids = candidates.filter(({ status }) => status !== 'disabled').map(({ backend }) => backend);
  return runtime.probe({
    ids,
    refresh,
    onLevel: (backend, level) => say(`Trying ${backend}: ${level}`),
    ...(signal === undefined ? {} : { signal }),
  });
}
