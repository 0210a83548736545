import { createCpuBackend } from '@switchyard/backend-cpu';
import { composeBackends, type Composition, type Discovery } from '@switchyard/composition';
import type { SettingStatement } from '@switchyard/core';

/** Puts the backends of one run together, with those that this program was built with. */
export async function compose(
  discovery: Discovery,
  statements: readonly SettingStatement[],
): Promise<Composition> {
  return composeBackends([createCpuBackend()], discovery, statements);
}
