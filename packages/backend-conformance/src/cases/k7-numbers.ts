import type { CaseContext, CaseFigures, ConformanceCase } from '../conformance-case.ts';
import { checkGolden } from '../goldens/check-golden.ts';
import type { Golden } from '../goldens/golden-model.ts';
import {
  ARITHMETIC,
  BATCH,
  CONTROL_FLOW,
  differenceGolden,
  EMPTY,
  identityGolden,
  NOT_FINITE,
  OPERATORS,
  SIZES,
} from '../goldens/goldens.ts';

async function checkAll(context: CaseContext, goldens: readonly Golden[]): Promise<CaseFigures> {
  const declared = goldens.filter(({ dtype }) => context.backend.manifest.dtypes.includes(dtype));
  let figures: CaseFigures = {};
  for (const golden of declared) figures = { ...figures, ...(await checkGolden(context, golden)) };
  return figures;
}

const CHANGE =
  'Refuse what the engine computes wrong with a ModelError `model-unsupported`; until then keep the operator, or the whole device, out.';

/** K7: the numbers. Figures are the mean square of the errors over that of the reference, by model. */
export const NUMBER_CASES: readonly ConformanceCase[] = [
  {
    id: 'K7.1',
    title: 'a tensor of every declared element type goes through unchanged',
    change: 'Take the element type out of `dtypes`, or translate its bytes both ways without loss.',
    needs: 'device',
    place: 'session',
    run: (context) =>
      checkAll(
        context,
        context.backend.manifest.dtypes.map((dtype) => identityGolden(dtype)),
      ),
  },
  {
    id: 'K7.2',
    title: 'arithmetic is right in every declared element type, with inputs by name',
    change: `Bind inputs by name, not by position. ${CHANGE}`,
    needs: 'device',
    place: 'session',
    run: (context) =>
      checkAll(
        context,
        ARITHMETIC.map((dtype) => differenceGolden(dtype)),
      ),
  },
  {
    id: 'K7.3',
    title: 'matrix product, convolution, softmax and dense layers are right',
    change: CHANGE,
    needs: 'device',
    place: 'session',
    run: (context) => checkAll(context, OPERATORS),
  },
  {
    id: 'K7.4',
    title: 'NaN and infinities stay what they are',
    change: 'Switch off the mode of the engine that assumes finite numbers (fast math).',
    needs: 'device',
    place: 'session',
    run: (context) => checkAll(context, [NOT_FINITE]),
  },
  {
    id: 'K7.5',
    title: 'rows of a batch do not depend on one another',
    change: CHANGE,
    needs: 'device',
    place: 'session',
    run: (context) => checkAll(context, [BATCH]),
  },
  {
    id: 'K7.6',
    title: 'one session takes every size of a free dimension, and 0',
    change:
      'Compile again, or bind shapes at run time, when a free dimension changes; refuse size 0 rather than guess.',
    needs: 'device',
    place: 'session',
    run: (context) => checkAll(context, [SIZES, EMPTY]),
  },
  {
    id: 'K7.7',
    title: '`If` and `Loop` are right, or refused',
    change:
      'Run both branches and every number of turns right, or refuse the model with `model-unsupported`.',
    needs: 'device',
    place: 'session',
    run: (context) => checkAll(context, CONTROL_FLOW),
  },
];
