import { errorText, RegistrationError, type BackendV1, type HostFacts } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { CONFORMANCE_CASES } from './cases/cases.ts';
import type { CaseAnswer, ChildRequest } from './child/child-protocol.ts';
import { openModel } from './child/make-again.ts';
import { caseOf, settleCase } from './child/run-session-case.ts';
import { endingOf, startChild, type StartedChild } from './child/start-child.ts';
import type { CaseContext, CaseFigures, ConformanceCase, ConformanceSettings } from './conformance-case.ts';
import { expectThat } from './conformance-failure.ts';
import { lookAtMachine, type MachineState } from './look-at-machine.ts';

/** Cases that do not apply to a backend, why, and what it does in their place. */
export interface ConformanceSkip {
  /** Ids of cases, or of a whole group: `K7.4`, `K10`. */
  readonly cases: readonly string[];
  /** Why they do not apply, in a sentence. */
  readonly reason: string;
  /**
   * (optional) What happens in their place. Default: the machine lacks the device, and an exact request is
   * refused with the backend's own reason; where it is not, the case fails and asks for this member.
   */
  readonly instead?: {
    /** In a sentence. */
    readonly text: string;
    /** Shows that it does. @throws when it does not */
    check(context: Pick<CaseContext, 'backend' | 'host'>): Promise<void>;
  };
}

/** What the kit is to run on. */
export interface ConformanceOptions extends ConformanceSettings {
  /** Makes the backend. */
  readonly create: () => BackendV1;
  /** (optional) Facts about the machine. Default: the machine is read. */
  readonly host?: HostFacts;
  /** (optional) Cases that do not apply. Default: none. */
  readonly skip?: readonly ConformanceSkip[];
  /**
   * (optional) Fail the cases that need the device where the machine has none, in place of skipping them.
   * Default: false.
   */
  readonly requireDevice?: boolean;
}

/** How a case ended. */
export interface ConformanceResult {
  readonly id: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What is wrong and what to change, or why it was skipped; `null` for `passed`. */
  readonly detail: string | null;
  /** What was shown to happen in its place, for `skipped`; `null` otherwise. */
  readonly instead: string | null;
  readonly figures: CaseFigures;
  readonly durationMs: number;
}

/** One backend under the kit. Cases are run one by one, in any order. */
export interface Conformance extends AsyncDisposable {
  readonly cases: readonly Pick<ConformanceCase, 'id' | 'title'>[];
  /** What the machine has; the backend is probed for it once. */
  machine(): Promise<MachineState>;
  /** Runs one case. The promise does not reject for anything that a backend does. */
  run(id: string): Promise<ConformanceResult>;
}

/** Puts a backend under the kit. Nothing is started before a case is run. */
export function createConformance(options: ConformanceOptions): Conformance {
  const { create, skip = [], requireDevice = false, optionSets, environment, device: wanted } = options;
  const settings: ConformanceSettings = {
    ...(optionSets === undefined ? {} : { optionSets }),
    ...(environment === undefined ? {} : { environment }),
    ...(wanted === undefined ? {} : { device: wanted }),
  };
  const backend = create();
  for (const { cases } of skip) for (const id of cases) checkId(id);
  let host: Promise<HostFacts> | undefined;
  let state: Promise<MachineState> | undefined;
  let sessions: StartedChild | undefined;
  const hostFacts = (): Promise<HostFacts> =>
    (host ??= options.host === undefined ? readHostFacts() : Promise.resolve(options.host));
  const machine = (): Promise<MachineState> =>
    (state ??= hostFacts().then((facts) => lookAtMachine(backend, facts, wanted)));

  const requestOf = async (mode: ChildRequest['mode'], more: ChildRequest['more']): Promise<ChildRequest> => {
    const { device, probe } = await machine();
    const origin = backend.origin!;
    return { mode, origin, host: await hostFacts(), settings, device, probe, more };
  };
  const contextOf = async (one: ConformanceCase): Promise<CaseContext> => {
    const facts = await hostFacts();
    const { device, probe } = one.needs === 'nothing' ? { device: null, probe: null } : await machine();
    return {
      backend,
      host: facts,
      settings,
      create,
      probe,
      // Cases that do not need a device do not look at it.
      device: device!,
      open: (model, context) => openModel({ backend, device: device! }, model, context),
      child: async (mode, more = {}) => {
        const nodeFlags = mode === 'leak' ? ['--expose-gc'] : [];
        return startChild(await requestOf(mode, more), { nodeFlags }).end();
      },
    };
  };
  const runInSession = async (one: ConformanceCase): Promise<CaseAnswer> => {
    sessions ??= startChild(await requestOf('cases', {}));
    sessions.send({ run: one.id });
    const answer = (await sessions.next()) as CaseAnswer | null;
    if (answer !== null) return answer;
    const ended = await sessions.end();
    // The next case gets a process of its own.
    sessions = undefined;
    return { case: one.id, failure: `The process ${endingOf(ended)}.`, figures: {} };
  };

  return {
    cases: CONFORMANCE_CASES.map(({ id, title }) => ({ id, title })),
    machine,
    run: async (id) => {
      const one = caseOf(id);
      const began = performance.now();
      const result = (
        status: ConformanceResult['status'],
        detail: string | null,
        more: Partial<Pick<ConformanceResult, 'instead' | 'figures'>> = {},
      ): ConformanceResult => ({
        id,
        title: one.title,
        status,
        detail,
        instead: null,
        figures: {},
        ...more,
        durationMs: performance.now() - began,
      });
      const failed = (found: string, figures: CaseFigures = {}): ConformanceResult =>
        result('failed', `${id}, ${one.title}: ${found} To pass: ${one.change}`, { figures });
      try {
        const skipped = skip.find(({ cases }) =>
          cases.some((name) => name === id || id.startsWith(`${name}.`)),
        );
        if (skipped !== undefined) {
          const text = await insteadOf(skipped, { backend, host: await hostFacts() }, machine);
          return result('skipped', skipped.reason, { instead: text });
        }
        if (one.needs.startsWith('origin') && backend.origin === undefined) {
          return result('skipped', 'This object has no `origin`, so that no other process can make it.', {
            instead: 'It can only run inline, in the process of its caller.',
          });
        }
        if (one.needs.endsWith('device')) {
          const { device, absent, instead } = await machine();
          if (device === null) {
            const why = absent.map(({ code, message }) => `${code}: ${message}`).join(' ');
            if (requireDevice) return failed(`The device is required here, and there is none: ${why}`);
            if (!instead.holds) return failed(`There is no device (${why}), and ${instead.text}`);
            return result('skipped', why, { instead: instead.text });
          }
        }
        const inSession = one.place === 'session' && backend.origin !== undefined;
        const answer = inSession ? await runInSession(one) : await settleCase(one, await contextOf(one));
        return answer.failure === null
          ? result('passed', null, { figures: answer.figures })
          : failed(answer.failure, answer.figures);
      } catch (error) {
        const text = RegistrationError.isInstance(error) ? error.message : errorText(error);
        return failed(text);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await sessions?.end();
      sessions = undefined;
    },
  };
}

/** What happens in place of cases that an author left out, once it was shown. */
async function insteadOf(
  { instead, reason }: ConformanceSkip,
  context: Pick<CaseContext, 'backend' | 'host'>,
  machine: Conformance['machine'],
): Promise<string> {
  expectThat(reason.trim() !== '', 'It is skipped without a reason.');
  if (instead !== undefined) {
    await instead.check(context);
    return instead.text;
  }
  const { device, instead: refusal } = await machine();
  expectThat(
    device === null && refusal.holds,
    `It is skipped because: ${reason} What happens in its place is not said (\`instead\`), and this machine has the device.`,
  );
  return refusal.text;
}

function checkId(id: string): void {
  const known = CONFORMANCE_CASES.some((one) => one.id === id || one.id.startsWith(`${id}.`));
  if (!known)
    throw new RangeError(`There is no conformance case \`${id}\` to skip; \`CONFORMANCE_CASES\` lists them.`);
}
