import { endingOf } from '../child/start-child.ts';
import type { CaseContext, CaseFigures, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

async function worksIn(context: CaseContext, mode: 'copies' | 'workers', what: string): Promise<CaseFigures> {
  const ended = await context.child(mode);
  expectThat(ended.answer !== null && ended.code === 0, () => `A process with ${what} ${endingOf(ended)}.`);
  const { results } = ended.answer as { readonly results: readonly unknown[] };
  for (const [index, found] of results.entries()) {
    expectThat(
      shown(found) === '[4,6]',
      `With ${what}, the session of number ${index + 1} computes ${shown(found)}, and not [4,6].`,
    );
  }
  return { sessions: results.length };
}

/** K13: being there more than once. */
export const TWICE_CASES: readonly ConformanceCase[] = [
  {
    id: 'K13.1',
    title: 'two copies of its modules work in one process',
    change:
      'Load native code in one place per process, kept under `Symbol.for(…)` on `globalThis`, so that a second copy of your module finds the first.',
    needs: 'origin-and-device',
    place: 'caller',
    run: (context) => worksIn(context, 'copies', 'two copies of the module'),
  },
  {
    id: 'K13.2',
    title: 'it works in two worker threads at once, or says that it must not be in one',
    change:
      'Keep no state that two threads of one process would share, or raise `isolation.minimum` to `process`.',
    needs: 'origin-and-device',
    place: 'caller',
    async run(context) {
      const { minimum } = context.backend.manifest.isolation;
      // Then the runtime never does this.
      if (minimum === 'process') return { sessions: 0, minimum };
      return worksIn(context, 'workers', 'two worker threads');
    },
  },
];
