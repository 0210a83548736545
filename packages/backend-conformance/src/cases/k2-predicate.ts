import {
  askPredicate,
  checkBackend,
  deepFreeze,
  type HostFacts,
  type PredicateAnswerV1,
} from '@switchyard/core';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { endingOf } from '../child/start-child.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

interface Machine {
  readonly name: string;
  readonly host: HostFacts;
}

/** Times that every machine is asked about with other facts unknown. */
const FORGETFUL = 12;

/** Every recorded machine and this one, and all of them with every fact and with some of the facts unknown. */
async function machines({ host }: Pick<CaseContext, 'host'>): Promise<readonly Machine[]> {
  const recorded = await Promise.all(
    MACHINE_NAMES.map(async (name) => ({ name: name as string, host: await loadMachine(name) })),
  );
  const all = [...recorded, { name: 'this machine', host }];
  return [
    ...all,
    ...all.map((machine) => ({
      name: `${machine.name} with nothing known`,
      host: deepFreeze(forget(machine.host, () => true) as HostFacts),
    })),
    ...all.flatMap((machine, index) =>
      Array.from({ length: FORGETFUL }, (_, round) => {
        const paths = factPaths(machine.host);
        const coin = coins(index * FORGETFUL + round);
        const forgotten = paths.filter(() => coin());
        return {
          name: `${machine.name} without ${forgotten.join(', ')}`,
          host: deepFreeze(forget(machine.host, (path) => forgotten.includes(path)) as HostFacts),
        };
      }),
    ),
  ];
}

/** The same throws of a coin for the same number, so that a failure comes back. */
function coins(seed: number): () => boolean {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % 1000 < 500;
  };
}

/** Facts in which those that are chosen were made unknown. */
function forget(value: unknown, chosen: (path: string) => boolean, path = ''): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('known' in value) return chosen(path) ? { known: false, why: 'nobody looked' } : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      forget(member, chosen, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

function factPaths(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  if ('known' in value) return (value as { readonly known: boolean }).known ? [path] : [];
  return Object.entries(value).flatMap(([key, member]) =>
    factPaths(member, path === '' ? key : `${path}.${key}`),
  );
}

function ask({ backend }: CaseContext, { name, host }: Machine): PredicateAnswerV1 {
  const checked = askPredicate(backend.predicate, host);
  expectThat(checked.ok, () => `On ${name}: ${checked.ok ? '' : checked.problem}.`);
  return checked.answer;
}

/** K2: deciding from recorded facts alone. */
export const PREDICATE_CASES: readonly ConformanceCase[] = [
  {
    id: 'K2.1',
    title: 'the predicate answers for every machine, at once and the same each time',
    change:
      'Make `predicate` total: return `unknown` with a reason where a fact is not known, and never throw.',
    needs: 'nothing',
    place: 'caller',
    async run(context) {
      const { backend } = context;
      const counts = { yes: 0, no: 0, unknown: 0 };
      const all = await machines(context);
      for (const machine of all) {
        const before = shown(machine.host);
        const frozen = deepFreeze(machine.host);
        const answer = ask(context, { ...machine, host: frozen });
        counts[answer.eligible] += 1;
        const again = ask(context, { ...machine, host: deepFreeze(structuredClone(frozen)) });
        expectThat(
          JSON.stringify(again) === JSON.stringify(answer),
          () => `On ${machine.name} it first answered ${shown(answer)}, then ${shown(again)}.`,
        );
        expectThat(shown(machine.host) === before, () => `On ${machine.name} it changed the facts.`);
        const other = backend.predicate(frozen) as unknown;
        expectThat(
          typeof (other as { readonly then?: unknown } | null)?.then !== 'function',
          () => `On ${machine.name} it returned a promise.`,
        );
      }
      return { machines: all.length, ...counts };
    },
  },
  {
    id: 'K2.2',
    title: 'the predicate looks at nothing but the facts',
    change:
      'Read only the `host` argument in `predicate`: no `process`, no files, no clock, no random numbers.',
    needs: 'origin',
    place: 'caller',
    async run({ child }) {
      const ended = await child('predicate');
      expectThat(
        ended.answer !== null && ended.code === 0,
        () => `The process that asked it ${endingOf(ended)}.`,
      );
      const { touched, machines: asked } = ended.answer as {
        readonly touched: readonly string[];
        readonly machines: number;
      };
      expectThat(touched.length === 0, () => `The predicate looked at ${touched.slice(0, 5).join(', ')}.`);
      return { machines: asked };
    },
  },
  {
    id: 'K2.3',
    title: 'every reason is complete, and every device is one',
    change: 'Complete the reason or the device that the message quotes.',
    needs: 'nothing',
    place: 'caller',
    async run(context) {
      const { manifest } = checkBackend(context.backend);
      let reasons = 0;
      for (const machine of await machines(context)) {
        const { eligible, devices, blockers = [], ...answer } = ask(context, machine);
        for (const reason of [...answer.reasons, ...blockers]) {
          reasons += 1;
          const quoted = `On ${machine.name}, the reason \`${reason.code}\` says ${shown(reason.message)}`;
          expectThat(/[.!?)]$/.test(reason.message.trim()), `${quoted}, which has no full stop.`);
          expectThat(
            !/\bundefined\b|\bNaN\b|\[object |\$\{/.test(`${reason.message} ${reason.remedy ?? ''}`),
            `${quoted}, in which a value was not filled in.`,
          );
          expectThat(reason.evidence.length > 0, `${quoted}, and names no fact as its evidence.`);
        }
        const ids = devices.map(({ id }) => id);
        expectThat(
          new Set(ids).size === ids.length,
          `On ${machine.name} it lists a device twice: ${ids.join(', ')}.`,
        );
        expectThat(
          eligible !== 'no' || devices.length === 0,
          `On ${machine.name} it says no and lists devices.`,
        );
        for (const device of devices) {
          const emulated = device.software === true && device.kind === 'cpu';
          expectThat(
            emulated || manifest.deviceKinds.includes(device.kind),
            `On ${machine.name} the device \`${device.id}\` is of the kind ${device.kind}, which \`deviceKinds\` does not name.`,
          );
          expectThat(
            device.software !== true || device.kind === 'cpu',
            `On ${machine.name} the emulation \`${device.id}\` says that it computes on a ${device.kind}.`,
          );
        }
      }
      return { reasons };
    },
  },
  {
    id: 'K2.4',
    title: 'a fact that is not known never turns yes into no',
    change: 'Answer `unknown`, not `no`, where the fact that the message names is not known.',
    needs: 'nothing',
    place: 'caller',
    async run(context) {
      let asked = 0;
      for (const machine of await machines(context)) {
        if (machine.name.includes(' with') || ask(context, machine).eligible !== 'yes') continue;
        for (const path of factPaths(machine.host)) {
          asked += 1;
          const host = deepFreeze(forget(machine.host, (one) => one === path) as HostFacts);
          const answer = ask(context, { name: `${machine.name} without \`${path}\``, host });
          expectThat(
            answer.eligible !== 'no',
            () =>
              `On ${machine.name} it says yes, and no when \`${path}\` is not known: ${shown(answer.reasons[0]?.message)}.`,
          );
        }
      }
      return { asked };
    },
  },
];
