import fc from 'fast-check';
import type { DeviceV1 } from '../../../backend/v1/device-v1.ts';
import type { PredicateAnswerV1, PredicateV1 } from '../../../backend/v1/predicate-v1.ts';
import type { Reason } from '../../../backend/v1/reason-v1.ts';
import type { HostFacts } from '../../../host/host-facts.ts';
import type { SettingLayer, SettingSource, SettingStatement } from '../../../settings/setting-statement.ts';
import { hostFactsOf } from '../../../testing/host-facts-of.ts';
import { mockBackend } from '../../../testing/mock-backend.ts';
import type { KnownBackend, ProbeOutcome, TrialNotRun, TrialOutcome } from '../../known-backend.ts';
import type { ReasonCode } from '../../reason-codes.ts';
import type { SelectInput } from '../../select-input.ts';

/** Ids of the backends that cases are made of, with the ones that a person has to enable. */
const OPT_IN: readonly string[] = ['openvino', 'wasm', 'webgpu', 'acme-npu'];
const IDS: readonly string[] = ['cpu', 'cuda', 'mps-coreml', ...OPT_IN, 'acme-gpu'];
const TYPED = [...IDS, ...IDS, ...IDS, 'mps', 'coreml', 'auto', 'opnvino'];
const LAYERS: readonly SettingLayer[] = ['default', 'user-config', 'project-config', 'env', 'flag'];

const reason = (code: ReasonCode): Reason => ({
  code,
  message: `Made up: ${code}.`,
  evidence: [{ path: 'test', value: code }],
  remedy: `Undo ${code}.`,
});

const reasonArbitrary = fc
  .constantFrom<ReasonCode>('probe-failed', 'probe-crashed', 'probe-timeout', 'runtime-library-missing')
  .map(reason);

const deviceArbitrary = (id: string): fc.Arbitrary<DeviceV1> =>
  fc.record<DeviceV1>({
    id: fc.constantFrom(`${id}:0`, `${id}:1`),
    name: fc.constant(`${id} device`),
    kind: fc.constantFrom('cpu', 'gpu', 'npu'),
    software: fc.constantFrom<boolean | 'unknown'>(false, false, true, 'unknown'),
  });

/** Answers inside the contract, with a few of the ways in which a plugin can break it. */
const predicateArbitrary = (id: string): fc.Arbitrary<PredicateV1> => {
  const answer: fc.Arbitrary<PredicateAnswerV1> = fc.oneof(
    fc.record({
      eligible: fc.constant('yes' as const),
      reasons: fc.constant([]),
      devices: fc.array(deviceArbitrary(id), { minLength: 1, maxLength: 2 }),
      blockers: fc.array(reasonArbitrary, { maxLength: 1 }),
    }),
    fc.record({
      eligible: fc.constantFrom('no' as const, 'unknown' as const),
      reasons: fc.constantFrom(
        [reason('hardware-absent')],
        [reason('platform-unsupported'), reason('device-unknown')],
      ),
      devices: fc.constant([]),
    }),
  );
  const hostile = fc.constantFrom<PredicateV1>(
    () => {
      throw new Error('boom');
    },
    () => undefined as never,
    () => Promise.resolve() as never,
    () => ({ eligible: 'certainly', reasons: [], devices: [] }) as never,
    () => ({ eligible: 'yes', reasons: [], devices: [] }),
    () =>
      ({
        eligible: 'no',
        reasons: [{ code: 'no-such-code', message: '', evidence: [], remedy: null }],
        devices: [],
      }) as never,
    (host) => {
      (host as { schema: number }).schema = 2;
      return { eligible: 'no', reasons: [], devices: [] };
    },
  );
  return fc.oneof(
    { weight: 9, arbitrary: answer.map((value) => () => value) },
    { weight: 1, arbitrary: hostile },
  );
};

const knownArbitrary = (id: string): fc.Arbitrary<KnownBackend> => {
  const aliases = id === 'mps-coreml' ? ['mps', 'coreml'] : [];
  const optIn = OPT_IN.includes(id);
  const deviceKinds = id === 'cpu' ? (['cpu'] as const) : (['gpu'] as const);
  const manifest = mockBackend({ manifest: { id, aliases, optIn, deviceKinds } }).manifest;
  const installed = fc
    .record({ predicate: predicateArbitrary(id), rank: fc.constantFrom(-5, 0, 7), broken: fc.boolean() })
    .map(({ predicate, rank, broken }): KnownBackend => ({
      state: 'installed',
      manifest: { ...manifest, rank: id === 'cpu' ? 0 : rank },
      predicate,
      ...(broken
        ? { artifacts: [{ name: 'library', present: false, problem: reason('artifact-missing') }] }
        : {}),
    }));
  const others = fc.constantFrom<KnownBackend>(
    {
      state: 'not-installed',
      id,
      aliases,
      title: id,
      package: `@test/${id}`,
      optIn,
      deviceKinds,
      install: `npm install @test/${id}`,
    },
    { state: 'not-listed', id, package: { name: `@test/${id}`, version: '1.0.0' } },
    {
      state: 'unusable',
      id,
      aliases,
      package: { name: `@test/${id}`, version: null },
      reason: reason('api-mismatch'),
    },
  );
  return fc.oneof({ weight: 5, arbitrary: installed }, { weight: 1, arbitrary: others });
};

const sourceArbitrary: fc.Arbitrary<SettingSource> = fc
  .constantFrom(...LAYERS)
  .chain((layer) =>
    fc.constantFrom('first', 'second').map((detail) => ({ layer, detail: `${layer} ${detail}` })),
  );

const statementArbitrary: fc.Arbitrary<SettingStatement> = sourceArbitrary.chain((source) =>
  fc.oneof(
    fc.constantFrom(...TYPED).map((backend): SettingStatement => ({ kind: 'backend', backend, source })),
    fc
      .tuple(fc.constantFrom(...IDS, 'mps'), fc.boolean())
      .map(([backend, value]): SettingStatement => ({ kind: 'use', backend, value, source })),
    fc
      .constantFrom(...IDS, 'coreml')
      .map((backend): SettingStatement => ({ kind: 'disable', backend, source })),
    fc.constantFrom(...IDS).map((backend): SettingStatement => ({ kind: 'enable', backend, source })),
    fc
      .uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 3 })
      .map((backends): SettingStatement => ({ kind: 'prefer', backends, source })),
    fc
      .constantFrom('cuda:0', 'cuda:1', 'openvino:1', 'mps:0', 'acme-gpu:0', 'cpu', '1')
      .map((device): SettingStatement => ({ kind: 'device', device, source })),
    fc
      .constantFrom('error' as const, 'warn' as const, 'allow' as const)
      .map((policy): SettingStatement => ({ kind: 'fallback', policy, source })),
  ),
);

const probeArbitrary = (id: string): fc.Arbitrary<ProbeOutcome> =>
  fc.oneof(
    fc
      .array(deviceArbitrary(id), { minLength: 1, maxLength: 2 })
      .map((devices): ProbeOutcome => ({ ok: true, devices, evidence: 'made up' })),
    reasonArbitrary.map((because): ProbeOutcome => ({ ok: false, reason: because })),
  );

const trialArbitrary: fc.Arbitrary<TrialOutcome> = fc.oneof(
  fc.constantFrom<TrialOutcome>(
    { trial: 'placement', passed: true, evidence: [] },
    { trial: 'speed', passed: true, evidence: [] },
  ),
  fc.constantFrom<TrialOutcome>(
    { trial: 'parity', passed: false, reason: reason('trial-parity') },
    { trial: 'speed', passed: false, reason: reason('trial-speed') },
  ),
);

const notRunArbitrary: fc.Arbitrary<TrialNotRun> = fc.constantFrom<TrialNotRun>(
  { trial: 'placement', why: 'Made up: the engine does not tell.' },
  { trial: 'speed', why: 'Made up: out of time.', when: '2026-11-22T00:00:00.000Z' },
);

const TAKEN_AWAY = ['accelerators', 'libraries', 'libc', 'deviceNodes'] as const;

/** Machines: facts that are absent must not make anything throw, so some of them are taken away. */
const hostArbitrary = (machines: readonly HostFacts[]): fc.Arbitrary<HostFacts> => {
  // Each is made once: facts of a machine that was not seen before cost as much as a selection.
  const made = new Map<string, HostFacts>();
  return fc
    .tuple(fc.nat(machines.length - 1), fc.subarray([...TAKEN_AWAY]))
    .map(([index, unknown]): HostFacts => {
      const key = `${index} ${unknown.join()}`;
      const host = made.get(key) ?? without(machines[index]!, unknown);
      made.set(key, host);
      return host;
    });
};

function without(host: HostFacts, unknown: readonly (typeof TAKEN_AWAY)[number][]): HostFacts {
  if (unknown.length === 0) return host;
  const absent = unknown.map((key) => [key, { known: false, why: 'taken away by the test' }]);
  return hostFactsOf({ ...host, ...Object.fromEntries(absent) });
}

const some = <Value>(
  arbitrary: (id: string) => fc.Arbitrary<Value>,
  share: number,
): fc.Arbitrary<Record<string, Value>> =>
  fc
    .tuple(
      ...IDS.map((id) =>
        fc.option(
          arbitrary(id).map((value) => [id, value] as const),
          { freq: share },
        ),
      ),
    )
    .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== null)));

/** One question to `select`: a composition, a machine, what was said, what is remembered. */
export const caseArbitrary = (machines: readonly HostFacts[]): fc.Arbitrary<SelectInput> =>
  fc.record({
    known: fc
      .oneof({ weight: 6, arbitrary: fc.constant([...IDS]) }, { weight: 1, arbitrary: fc.subarray([...IDS]) })
      .chain((ids) => fc.tuple(...ids.map((id) => knownArbitrary(id)))),
    host: hostArbitrary(machines),
    settings: fc.oneof(
      { weight: 1, arbitrary: fc.array(statementArbitrary, { maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(statementArbitrary, { maxLength: 6 }) },
    ),
    probes: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: some(probeArbitrary, 1) },
    ),
    trials: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: some(() => fc.array(trialArbitrary, { minLength: 1, maxLength: 2 }), 1) },
    ),
    trialsNotRun: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: some(() => fc.array(notRunArbitrary, { minLength: 1, maxLength: 2 }), 1) },
    ),
  });
