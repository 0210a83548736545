import { ModelError, tensorValues, type Tensor } from '@switchyard/core';
import { compareTensors, TOLERANCES } from '@switchyard/runtime';
import type { CaseContext, CaseFigures } from '../conformance-case.ts';
import { expectThat } from '../conformance-failure.ts';
import type { Golden } from './golden-model.ts';

/**
 * Runs a golden model and compares every output with what is stored.
 *
 * @returns figures; `unsupported` where the backend says so of a model that it need not run
 */
export async function checkGolden(context: CaseContext, golden: Golden): Promise<CaseFigures> {
  const opened = await context.open(golden).catch((error: unknown) => {
    const refused = ModelError.isInstance(error) && error.code === 'model-unsupported';
    if (refused && !golden.required) return null;
    throw error;
  });
  if (opened === null) return { [golden.name]: 'unsupported' };
  await using session = opened;
  let worst = 0;
  for (const { feeds, expected } of golden.runs) {
    const results = await session.doRun(feeds);
    const names = Object.keys(expected).toSorted().join(', ');
    const given = Object.keys(results).toSorted().join(', ');
    expectThat(given === names, `\`${golden.name}\` gave the outputs ${given || 'none'}, and has ${names}.`);
    for (const [name, reference] of Object.entries(expected)) {
      const result = results[name];
      const { agrees, problem } = compareTensors(name, reference, result, TOLERANCES);
      expectThat(agrees, () => `\`${golden.name}\` is wrong on \`${context.device.id}\`. ${problem ?? ''}`);
      worst = Math.max(worst, normalizedError(reference, result!));
    }
  }
  return { [golden.name]: Number(worst.toPrecision(3)) };
}

/** Mean square of the errors over the mean square of the reference; 0 for what is not a number with digits. */
function normalizedError(reference: Tensor, result: Tensor): number {
  if (!reference.dtype.startsWith('float') && reference.dtype !== 'bfloat16') return 0;
  const expected = tensorValues(reference) as readonly number[];
  const found = tensorValues(result) as readonly number[];
  let error = 0;
  let power = 0;
  for (const [index, value] of expected.entries()) {
    if (!Number.isFinite(value) || Math.abs(value) > 1e100) continue;
    error += (found[index]! - value) ** 2;
    power += value ** 2;
  }
  return power === 0 ? error : error / power;
}
