import { errorText, ModelError, type BackendV1, type DeviceV1 } from '@switchyard/core';
import { compareTensors } from '@switchyard/runtime';
import type { OperatorResult } from './operator-result.ts';
import { OPERATOR_TOLERANCES } from './operator-tolerances.ts';
import { readOperatorCase } from './read-operator-case.ts';

/** What a process is to run: a case, and the folder of all. */
export interface OperatorOrder {
  readonly root: string;
  readonly case: string;
}

/** Runs a case in this process. It rejects only for a case that cannot be read. */
export async function runOperatorCase(
  backend: BackendV1,
  device: DeviceV1,
  order: OperatorOrder,
): Promise<OperatorResult> {
  const { model, about, skip, dataSets } = await readOperatorCase(order.root, order.case);
  if (skip !== null) return { ...about, status: 'skipped', detail: skip };
  let ran = false;
  try {
    const session = await backend.doOpen({ path: model }, { device, options: {} });
    try {
      for (const { name, feeds, expected } of dataSets) {
        const results = await session.doRun(feeds);
        ran = true;
        for (const [output, reference] of Object.entries(expected)) {
          const { problem } = compareTensors(output, reference, results[output], OPERATOR_TOLERANCES);
          if (problem === null) continue;
          const where = dataSets.length === 1 ? '' : ` (\`${name}\`)`;
          return { ...about, status: 'wrong', detail: `${problem}${where}` };
        }
      }
    } finally {
      await session[Symbol.asyncDispose]();
    }
    if (ran) return { ...about, status: 'passed', detail: null };
    return { ...about, status: 'failed', detail: 'Nothing of it was run.' };
  } catch (error) {
    const refused = ModelError.isInstance(error) && error.code === 'model-unsupported';
    // The engine writes where the file is; a result is kept, and says nothing about somebody's machine.
    const detail = errorText(error).replaceAll(order.root, '.').replaceAll(/\s+/g, ' ').slice(0, 600);
    return { ...about, status: refused ? 'unsupported' : 'failed', detail };
  }
}
