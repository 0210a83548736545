import {
  ExecutionError,
  SwitchyardError,
  TensorError,
  tensorValues,
  type BackendSessionV1,
  type Tensors,
} from '@switchyard/core';
import { endingOf } from '../child/start-child.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';
import { difference, floats } from '../goldens/models.ts';

const MODEL = difference('float32');
const feedsOf = (first: number): Tensors => ({ a: floats([2], [first, 10]), b: floats([2], [1, 4]) });

function values(results: Tensors): readonly unknown[] {
  const tensor = results['difference'];
  expectThat(
    tensor !== undefined,
    `The run gave ${Object.keys(results).join(', ') || 'no outputs'}, and not \`difference\`.`,
  );
  return tensorValues(tensor);
}

async function works(session: BackendSessionV1, when: string): Promise<void> {
  const found = values(await session.doRun(feedsOf(5)));
  expectThat(shown(found) === '[4,6]', `${when}, the session computes ${shown(found)}, and not [4,6].`);
}

/** The error that something has to be refused with. */
async function refusal(what: string, attempt: () => Promise<unknown>): Promise<unknown> {
  let error: unknown;
  try {
    const given = await attempt();
    if (typeof given === 'object' && given !== null && Symbol.asyncDispose in given) {
      await (given as AsyncDisposable)[Symbol.asyncDispose]();
    }
  } catch (thrown) {
    error = thrown;
    return error;
  }
  expectThat(false, `${what} was not refused.`);
  return error;
}

async function expectCode(
  what: string,
  codes: readonly string[],
  attempt: () => Promise<unknown>,
): Promise<void> {
  const error = await refusal(what, attempt);
  const code = SwitchyardError.isInstance(error) ? error.code : null;
  expectThat(
    code !== null && codes.includes(code),
    () => `${what} was refused with ${code ?? shown(String(error))}, and not with ${codes.join(' or ')}.`,
  );
}

async function withSession(
  context: CaseContext,
  use: (session: BackendSessionV1) => Promise<void>,
): Promise<undefined> {
  const session = await context.open(MODEL);
  try {
    await use(session);
  } finally {
    await session[Symbol.asyncDispose]();
  }
  return undefined;
}

/** K5: from opening to the end. */
export const LIFE_CYCLE_CASES: readonly ConformanceCase[] = [
  {
    id: 'K5.1',
    title: 'a session is released once, and then refuses everything',
    change:
      'Remember that the session was released: return at once the second time, and throw `session-closed` in `doRun` and `doPlacement`.',
    needs: 'device',
    place: 'session',
    async run(context) {
      const session = await context.open(MODEL);
      await works(session, 'Right after opening');
      await session[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await expectCode('A run after the release', ['session-closed'], () => session.doRun(feedsOf(1)));
      await expectCode('`doPlacement` after the release', ['session-closed'], () => session.doPlacement());
      return undefined;
    },
  },
  {
    id: 'K5.2',
    title: 'a release during runs lets every one of them settle',
    change:
      'Wait for runs that have begun before you free what they use, and reject those that have not with `session-closed`.',
    needs: 'device',
    place: 'session',
    async run(context) {
      const session = await context.open(MODEL);
      const runs = Array.from({ length: 8 }, (_, index) => session.doRun(feedsOf(index)));
      const settled = Promise.allSettled(runs);
      await session[Symbol.asyncDispose]();
      let finished = 0;
      for (const [index, outcome] of (await settled).entries()) {
        if (outcome.status === 'fulfilled') {
          finished += 1;
          const found = values(outcome.value);
          expectThat(
            shown(found) === `[${index - 1},6]`,
            `Run ${index} gave ${shown(found)} while the session was released.`,
          );
          continue;
        }
        expectThat(
          ExecutionError.isInstance(outcome.reason),
          () =>
            `Run ${index} was rejected with ${shown(String(outcome.reason))}, which is no ExecutionError.`,
        );
      }
      return { finished };
    },
  },
  {
    id: 'K5.3',
    title: 'an aborted signal ends what has not begun, and nothing else',
    change:
      'Look at `signal.aborted` before the engine is called in `doOpen` and `doRun`, and throw an ExecutionError `aborted`.',
    needs: 'device',
    place: 'session',
    async run(context) {
      const { backend, device } = context;
      const signal = AbortSignal.abort(new Error('on purpose'));
      const source = { bytes: MODEL.bytes(), name: MODEL.name };
      await expectCode('An opening with an aborted signal', ['aborted'], () =>
        backend.doOpen(source, { device, options: {}, signal }),
      );
      return withSession(context, async (session) => {
        await expectCode('A run with an aborted signal', ['aborted'], () =>
          session.doRun(feedsOf(1), { signal }),
        );
        await works(session, 'After an aborted run');
      });
    },
  },
  {
    id: 'K5.4',
    title: 'feeds and names that do not fit are refused before the engine sees them',
    change: 'Call `checkFeeds` and `checkOutputNames` of `@switchyard/core` at the start of `doRun`.',
    needs: 'device',
    place: 'session',
    run: (context) =>
      withSession(context, async (session) => {
        const { a, b } = feedsOf(5) as {
          readonly a: ReturnType<typeof floats>;
          readonly b: ReturnType<typeof floats>;
        };
        const wrong: readonly (readonly [string, string, Tensors])[] = [
          ['A run without one of its inputs', 'input-missing', { a }],
          ['A run with an input that the model has not', 'input-unknown', { a, b, c: a }],
          ['A run with two dimensions in place of one', 'input-rank', { a: floats([1, 2], [1, 2]), b }],
        ];
        for (const [what, code, feeds] of wrong) {
          const error = await refusal(what, () => session.doRun(feeds));
          expectThat(
            TensorError.isInstance(error) && error.code === code,
            () =>
              `${what} was refused with ${SwitchyardError.isInstance(error) ? error.code : shown(String(error))}, and not with ${code}.`,
          );
        }
        await expectCode('An output that the model has not', ['output-unknown'], () =>
          session.doRun({ a, b }, { outputs: ['nothing'] }),
        );
        const before = shown([...(a as { readonly bytes: Uint8Array }).bytes]);
        await works(session, 'After runs that were refused');
        await session.doRun({ b, a });
        expectThat(
          shown([...(a as { readonly bytes: Uint8Array }).bytes]) === before,
          'A run changed the bytes of its feeds.',
        );
      }),
  },
  {
    id: 'K5.5',
    title: 'many runs at once answer each its own caller',
    change: 'Give every call its own tensors, and bind inputs by name rather than by order.',
    needs: 'device',
    place: 'session',
    run: (context) =>
      withSession(context, async (session) => {
        const runs = Array.from({ length: 48 }, async (_, index) => {
          const { a, b } = feedsOf(index) as Record<'a' | 'b', ReturnType<typeof floats>>;
          // Either order of the properties: what counts is their names.
          return values(await session.doRun(index % 2 === 0 ? { a, b } : { b, a }));
        });
        for (const [index, found] of (await Promise.all(runs)).entries()) {
          expectThat(
            shown(found) === `[${index - 1},6]`,
            `Of 48 runs at once, run ${index} gave ${shown(found)}, and not [${index - 1},6].`,
          );
        }
      }),
  },
  {
    id: 'K5.6',
    title: 'a program that used it ends by itself, with status 0',
    change:
      'Leave no timer, socket or thread behind after the release, and free the engine in an order that lets the process exit.',
    needs: 'origin-and-device',
    place: 'caller',
    async run({ child }) {
      const ended = await child('work-and-end');
      expectThat(
        ended.code === 0 && (ended.answer as { readonly worked?: boolean } | null)?.worked === true,
        () => `A program that opened, ran and released ${endingOf(ended)}.`,
      );
      return undefined;
    },
  },
  {
    id: 'K5.7',
    title: 'a program that ends with runs in flight ends, with status 0',
    change:
      'Let runs that have begun finish, and keep nothing alive after them; do not abort the process when it exits.',
    needs: 'origin-and-device',
    place: 'caller',
    async run({ child }) {
      const ended = await child('end-in-flight');
      expectThat(
        ended.code === 0,
        () => `A program that released a session while runs were in flight ${endingOf(ended)}.`,
      );
      return undefined;
    },
  },
];
