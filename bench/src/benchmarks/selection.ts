import { select, type InstalledBackend, type SelectInput, type SettingStatement } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { timeRuns } from '../contenders/time-runs.ts';
import { createEchoBackend } from '../fixtures/echo-backend.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';

/** One statement or more in each of the six layers. */
const SETTINGS: readonly SettingStatement[] = [
  { kind: 'fallback', policy: 'warn', source: { layer: 'default' } },
  { kind: 'disable', backend: 'device-3', source: { layer: 'user-config', detail: 'config.json:3' } },
  { kind: 'enable', backend: 'device-1', source: { layer: 'project-config', detail: 'switchyard.json:2' } },
  { kind: 'enable', backend: 'device-3', source: { layer: 'env', detail: 'SWITCHYARD_USE_DEVICE_3=1' } },
  {
    kind: 'use',
    backend: 'device-2',
    value: false,
    source: { layer: 'flag', detail: '--use-device-2=false' },
  },
  { kind: 'fallback', policy: 'allow', source: { layer: 'api', detail: 'fallback: allow' } },
];

/** Backends of which every second answers `no`, as most do on most machines. */
function backends(count: number): readonly InstalledBackend[] {
  const { manifest, predicate } = createEchoBackend();
  return Array.from({ length: count }, (_, index): InstalledBackend => {
    const id = `device-${index}`;
    return {
      state: 'installed',
      manifest: { ...manifest, id, title: id, stability: 'stable', optIn: index % 4 === 1 },
      predicate:
        index % 2 === 0
          ? predicate
          : (host) => ({
              eligible: 'no',
              reasons: [
                {
                  code: 'hardware-absent',
                  message: `\`${id}\` needs a device that this machine does not have.`,
                  evidence: [{ path: 'os.platform', value: host.os.platform }],
                  remedy: null,
                },
              ],
              devices: [],
            }),
    };
  });
}

const registered = (count: number): Contender => ({
  name: `${count} backends`,
  async open({ quick }): Promise<OpenContender> {
    const host = await readHostFacts();
    const input: SelectInput = { known: backends(count), host, settings: SETTINGS };
    const { selected } = select(input);
    if (selected === null) throw new TypeError('The selection that is to be measured refuses.');
    const calls = quick ? 5 : Math.max(50, Math.round(20_000 / count));
    return {
      measure: async () => ({ ...(await timeRuns(calls, async () => select(input))) }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});

export const selection: Benchmark = {
  name: 'selection',
  title: 'One selection',
  method:
    '`select()` with statements in all six layers on facts of this machine; half of the backends answer `no`. The ' +
    'median of a round’s calls.',
  processes: 'shared',
  rounds: 9,
  warmUpRounds: 2,
  metrics: [
    { name: 'p50', unit: 'µs', better: 'lower' },
    { name: 'p95', unit: 'µs', better: 'lower' },
  ],
  contenders: [registered(5), registered(50), registered(500)],
  comparisons: [
    { metric: 'p50', of: '5 backends', over: null, kind: 'value', target: { atMost: 50, from: 'issue 7' } },
    {
      metric: 'p50',
      of: '500 backends',
      over: null,
      kind: 'value',
      target: { atMost: 5000, from: 'issue 7' },
    },
    { metric: 'p50', of: '500 backends', over: '50 backends', kind: 'ratio', note: '10 is linear.' },
  ],
};
