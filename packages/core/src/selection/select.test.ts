import { describe, expect, it } from 'vitest';
import type { BackendV1 } from '../backend/v1/backend-v1.ts';
import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { PredicateAnswerV1 } from '../backend/v1/predicate-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';
import { createRegistry } from '../registry/create-registry.ts';
import type { SettingLayer, SettingStatement } from '../settings/setting-statement.ts';
import { hostFactsOf } from '../testing/host-facts-of.ts';
import { mockBackend } from '../testing/mock-backend.ts';
import type { KnownBackend } from './known-backend.ts';
import type { ReasonCode } from './reason-codes.ts';
import type { SelectInput } from './select-input.ts';
import type { SelectionReport } from './selection-report.ts';
import { renderSelection, renderSelectionLine } from './render-selection.ts';
import { select } from './select.ts';
import { simulateInstalled } from './simulate-installed.ts';

const host = hostFactsOf();
const because = (code: ReasonCode, message = `Made up ${code}.`): Reason => ({
  code,
  message,
  evidence: [{ path: 'nvidia.driverVersion', value: '1.2' }],
  remedy: `Do something about ${code}.`,
});
const gpu = (id: string, more: Partial<DeviceV1> = {}): DeviceV1 => ({
  id,
  name: `GPU ${id}`,
  kind: 'gpu',
  software: false,
  ...more,
});
const yes = (...devices: DeviceV1[]): PredicateAnswerV1 => ({ eligible: 'yes', reasons: [], devices });

const cpu = mockBackend({
  manifest: { id: 'cpu', deviceKinds: ['cpu'] },
  predicate: () => yes({ id: 'cpu', name: 'Test CPU', kind: 'cpu', software: false }),
});
const backend = (id: string, answer: PredicateAnswerV1, optIn = false, rank = 0) =>
  mockBackend({ manifest: { id, optIn, rank }, predicate: () => answer });

const source = (layer: SettingLayer | 'client' = 'flag') => ({ layer, detail: `in ${layer}` }) as const;
const exact = (id: string, layer: SettingLayer | 'client' = 'flag'): SettingStatement => ({
  kind: 'backend',
  backend: id,
  source: source(layer),
});
const enable = (id: string): SettingStatement => ({ kind: 'enable', backend: id, source: source() });
const disable = (id: string, layer: SettingLayer = 'flag'): SettingStatement => ({
  kind: 'disable',
  backend: id,
  source: source(layer),
});
const prefer = (...backends: string[]): SettingStatement => ({ kind: 'prefer', backends, source: source() });
const device = (id: string): SettingStatement => ({ kind: 'device', device: id, source: source() });
const fallback = (policy: 'error' | 'warn' | 'allow'): SettingStatement => ({
  kind: 'fallback',
  policy,
  source: source(),
});

function decide(
  backends: readonly BackendV1[],
  settings: readonly SettingStatement[] = [],
  more: Partial<SelectInput> = {},
): SelectionReport {
  return select({ known: createRegistry(backends).known(), host, settings, ...more });
}
const of = (report: SelectionReport, id: string) =>
  report.candidates.find((candidate) => candidate.backend === id)!;

describe('automatic choice', () => {
  it('takes the accelerator that needs no opt-in, then enabled ones, then the CPU', () => {
    const cuda = backend('cuda', yes(gpu('cuda:0')));
    const webgpu = backend('webgpu', yes(gpu('webgpu:0')), true, 100);
    const report = decide([cpu, webgpu, cuda], [enable('webgpu')]);
    expect(report.selected).toEqual({ backend: 'cuda', device: 'cuda:0', deviceName: 'GPU cuda:0' });
    expect(report.candidates.map((candidate) => [candidate.backend, candidate.status])).toEqual([
      ['cuda', 'selected'],
      ['webgpu', 'passed-over'],
      ['cpu', 'passed-over'],
    ]);
    expect(decide([cpu, webgpu], [enable('webgpu')]).selected?.backend).toBe('webgpu');
    expect(decide([cpu, webgpu]).selected?.backend).toBe('cpu');
  });

  it('an enabled opt-in backend with nothing but a CPU device ranks among CPUs, above the reference', () => {
    const answer = yes({ id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false });
    const openvino = mockBackend({
      manifest: { id: 'openvino', optIn: true, rank: 10, deviceKinds: ['gpu', 'cpu'] },
      predicate: () => answer,
    });
    const cuda = backend('cuda', yes(gpu('cuda:0')));
    expect(decide([cpu, openvino, cuda], [enable('openvino')]).selected?.backend).toBe('cuda');
    expect(decide([cpu, openvino], [enable('openvino')]).selected?.backend).toBe('openvino');
  });

  it('says when nothing else could be taken', () => {
    const report = decide([cpu]);
    expect(report.basis).toBe('only-candidate');
    expect(of(report, 'cpu').reasons[0]!.code).toBe('only-candidate');
  });

  it('an eligible backend with a missing library is a degradation, said aloud', () => {
    const cuda = backend('cuda', { ...yes(gpu('cuda:0')), blockers: [because('runtime-library-missing')] });
    const report = decide([cpu, cuda]);
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(of(report, 'cuda')).toMatchObject({
      status: 'rejected',
      gates: { eligible: 'yes', working: 'no' },
      reasons: [{ code: 'runtime-library-missing' }],
    });
    expect(of(report, 'cpu').reasons.map(({ code }) => code)).toEqual(['auto-preferred', 'fallback-allowed']);
    expect(report.warnings).toMatchObject([
      { message: expect.stringContaining('Made up runtime-library-missing.') },
    ]);
    expect(renderSelectionLine(report)).toContain('backend=cpu (fallback)');
  });

  it('`fallback` decides what a degradation does', () => {
    const cuda = backend('cuda', { ...yes(gpu('cuda:0')), blockers: [because('runtime-library-missing')] });
    const refused = decide([cpu, cuda], [fallback('error')]);
    expect(refused).toMatchObject({
      outcome: 'refused',
      selected: null,
      refusal: { code: 'fallback-refused' },
    });
    expect(refused.refusal!.remedy).toContain('--backend cpu');
    expect(of(refused, 'cpu').reasons[0]!.code).toBe('fallback-refused');
    const allowed = decide([cpu, cuda], [fallback('allow')]);
    expect(allowed).toMatchObject({ selected: { backend: 'cpu' }, degraded: true, warnings: [] });
  });

  it('what cannot be known is passed over with a warning, and is no degradation', () => {
    const cuda = backend('cuda', { eligible: 'unknown', reasons: [because('device-unknown')], devices: [] });
    const report = decide([cpu, cuda]);
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: false });
    expect(report.warnings[0]!.message).toContain('`cuda`');
    expect(decide([cpu, cuda], [exact('cuda')]).selected).toMatchObject({
      backend: 'cuda',
      device: 'unknown',
    });
  });

  it('names an opt-in backend that could run where not even the CPU has a build', () => {
    const no = (remedy: string): PredicateAnswerV1 => ({
      eligible: 'no',
      reasons: [{ ...because('platform-unsupported', 'No build.'), remedy }],
      devices: [],
    });
    const away = mockBackend({
      manifest: { id: 'cpu', deviceKinds: ['cpu'] },
      predicate: () => no('Use another machine.'),
    });
    const cuda = backend('cuda', no('Buy a GPU.'));
    const portable = (software: boolean) =>
      backend('portable', yes({ id: 'portable', name: 'Test CPU', kind: 'cpu', software }), true);
    expect(decide([away, cuda, portable(false)]).refusal?.remedy).toBe(
      '`portable` could run here. To let it be chosen: --enable portable. To use nothing else: --backend portable',
    );
    // An emulation is nothing that one is sent to, and a CPU that is only switched off can be switched on.
    expect(decide([away, cuda, portable(true)]).refusal?.remedy).toBe('Use another machine.');
    expect(decide([cpu, portable(false)], [disable('cpu')]).refusal?.remedy).not.toMatch(/portable/);
  });

  it('refuses with what to install when nothing is there', () => {
    const absent: KnownBackend = {
      state: 'not-installed',
      id: 'cpu',
      aliases: [],
      title: 'CPU',
      package: '@switchyard/backend-cpu',
      optIn: false,
      deviceKinds: ['cpu'],
      install: 'npm install @switchyard/backend-cpu',
    };
    expect(select({ known: [absent], host, settings: [] }).refusal).toMatchObject({
      code: 'package-missing',
      remedy: 'npm install @switchyard/backend-cpu',
    });
    expect(select({ known: [], host, settings: [] }).refusal?.remedy).toContain('npm install');
  });
});

describe('exact requests', () => {
  const cuda = backend('cuda', yes(gpu('cuda:0'), gpu('cuda:1')));

  it('are met, and everything else is not in the list', () => {
    const report = decide([cpu, cuda], [exact('cpu')]);
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, basis: 'requested', degraded: false });
    expect(of(report, 'cuda')).toMatchObject({ status: 'passed-over', reasons: [{ code: 'not-in-list' }] });
  });

  it.each(['error', 'warn', 'allow'] as const)('are refused, not replaced, with fallback %s', (policy) => {
    const broken = backend('cuda', { ...yes(gpu('cuda:0')), blockers: [because('driver-mismatch')] });
    const report = decide([cpu, broken], [exact('cuda'), fallback(policy)]);
    expect(report).toMatchObject({
      selected: null,
      refusal: { code: 'driver-mismatch', remedy: 'Do something about driver-mismatch.' },
    });
  });

  it('name a device, in full, without its backend, or by alias', () => {
    expect(decide([cpu, cuda], [exact('cuda'), device('cuda:1')]).selected?.device).toBe('cuda:1');
    expect(decide([cpu, cuda], [exact('cuda'), device('1')]).selected?.device).toBe('cuda:1');
    expect(decide([cpu, cuda], [device('cuda:1')]).selected?.device).toBe('cuda:1');
    const report = decide([cpu, cuda], [device('cuda:7')]);
    expect(report.refusal).toMatchObject({ code: 'device-unknown' });
    expect(report.refusal!.message).toContain('`cuda:0`, `cuda:1`');
  });

  it('take a device that the engine composes only because it was named', () => {
    const answer = yes({ id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false });
    const openvino = mockBackend({
      manifest: { id: 'openvino', optIn: true, virtualDevices: ['AUTO'] },
      predicate: () => answer,
    });
    expect(decide([openvino], [exact('openvino')]).selected?.device).toBe('openvino:CPU');
    expect(decide([openvino], [device('openvino:AUTO:GPU,CPU')]).selected).toMatchObject({
      device: 'openvino:AUTO:GPU,CPU',
    });
    expect(decide([openvino], [device('openvino:AUTOX')]).refusal?.code).toBe('device-unknown');
  });

  it('say why a device of the engine is never opened', () => {
    const openvino = mockBackend({
      manifest: { id: 'openvino', optIn: true, refusedDevices: { AUTO: '`AUTO` is not a device.' } },
      predicate: () => yes({ id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false }),
    });
    const { refusal } = decide([openvino], [device('openvino:AUTO:GPU,CPU')]);
    expect(refusal).toMatchObject({
      code: 'device-unknown',
      message: expect.stringContaining('`AUTO` is not a device.'),
    });
    const other = decide([openvino], [device('openvino:constructor')]).refusal;
    expect(other?.message).toContain('has no device `openvino:constructor`');
  });

  it('naming an opt-in backend is consent', () => {
    const openvino = backend('openvino', yes(gpu('openvino:GPU')), true);
    expect(decide([cpu, openvino], [exact('openvino')]).selected?.backend).toBe('openvino');
  });

  it('run on an emulation only because it was named, and say so', () => {
    const webgpu = backend('webgpu', yes(gpu('webgpu:0', { name: 'llvmpipe', software: true })), true);
    const unasked = decide([cpu, webgpu], [enable('webgpu')]);
    expect(unasked).toMatchObject({ selected: { backend: 'cpu' }, degraded: false });
    expect(of(unasked, 'webgpu').reasons[0]!.code).toBe('software-device');
    expect(decide([cpu, webgpu], [prefer('webgpu', 'cpu')]).selected?.backend).toBe('cpu');
    const named = decide([cpu, webgpu], [exact('webgpu')]);
    expect(named.selected?.backend).toBe('webgpu');
    expect(named.warnings[0]!.message).toContain('llvmpipe');
  });
});

describe('ordered requests', () => {
  const cuda = backend('cuda', { eligible: 'no', reasons: [because('hardware-absent')], devices: [] });

  it('take the first that passes, and anything but the first is degraded', () => {
    expect(decide([cpu, cuda], [prefer('cuda', 'cpu')])).toMatchObject({
      selected: { backend: 'cpu' },
      degraded: true,
      basis: 'requested',
    });
    expect(decide([cpu, cuda], [prefer('cpu', 'cuda')])).toMatchObject({
      selected: { backend: 'cpu' },
      degraded: false,
    });
  });

  it('take nothing that is not listed', () => {
    const other = backend('other', yes(gpu('other:0')));
    const report = decide([cpu, cuda, other], [prefer('cuda')]);
    expect(report.refusal).toMatchObject({ code: 'hardware-absent' });
    expect(of(report, 'other').reasons[0]!.code).toBe('not-in-list');
  });

  it('skip a member that is switched off', () => {
    const report = decide([cpu, backend('gpu', yes(gpu('gpu:0')))], [prefer('gpu', 'cpu'), disable('gpu')]);
    expect(report.selected?.backend).toBe('cpu');
    expect(of(report, 'gpu').status).toBe('disabled');
  });
});

describe('what is remembered', () => {
  const cuda = backend('cuda', yes(gpu('cuda:0')));

  it.each([
    ['probe-failed', 'no'],
    ['probe-crashed', 'no'],
    ['probe-timeout', 'unknown'],
  ] as const)('%s closes the working gate as "%s"', (code, working) => {
    const report = decide([cpu, cuda], [], { probes: { cuda: { ok: false, reason: because(code) } } });
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(of(report, 'cuda').gates.working).toBe(working);
  });

  it('a probe that worked outweighs a library that was not found', () => {
    const odd = backend('cuda', { ...yes(gpu('cuda:0')), blockers: [because('runtime-library-missing')] });
    const probes = { cuda: { ok: true, devices: [gpu('cuda:0')], evidence: 'it ran' } } as const;
    expect(decide([cpu, odd], [], { probes })).toMatchObject({
      selected: { backend: 'cuda' },
      degraded: false,
    });
  });

  it('a failed trial moves the choice on with the figures; a passed one is a measurement', () => {
    const failed = { cuda: [{ trial: 'speed', passed: false, reason: because('trial-speed') }] } as const;
    const report = decide([cpu, cuda], [], { trials: failed });
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(of(report, 'cuda').reasons[0]!.code).toBe('trial-speed');
    const passed = { cuda: [{ trial: 'speed', passed: true, evidence: [] }] } as const;
    expect(decide([cpu, cuda], [], { trials: passed })).toMatchObject({
      basis: 'measured',
      selected: { backend: 'cuda' },
    });
  });

  it('a trial without a verdict leaves the choice where it was, and the report says so', () => {
    const when = '2026-11-22T00:00:00.000Z';
    const report = decide([cpu, cuda], [], {
      trials: {
        cuda: [
          { trial: 'speed', passed: true, evidence: [{ path: 'speed', value: '2 ms against 8 ms.' }], when },
        ],
      },
      trialsNotRun: { cuda: [{ trial: 'placement', why: 'The engine does not tell.', when }] },
    });
    expect(report).toMatchObject({
      selected: { backend: 'cuda' },
      basis: 'platform-preference',
      degraded: false,
      warnings: [{ message: expect.stringContaining('placement: The engine does not tell.') }],
    });
    expect(of(report, 'cuda').trials).toEqual([
      { trial: 'placement', state: 'not-run', detail: 'The engine does not tell.', when },
      { trial: 'speed', state: 'passed', detail: '2 ms against 8 ms.', when },
    ]);
    expect(of(report, 'cpu').trials).toBeUndefined();
    const unasked = { cuda: [{ trial: 'speed', why: 'Nobody asked for it.' }] } as const;
    expect(decide([cpu, cuda], [], { trialsNotRun: unasked }).warnings).toEqual([]);
    const text = renderSelection(report);
    expect(text).toContain(`trial placement: not run (${when}): The engine does not tell.`);
    expect(text).toContain(`trial speed: passed (${when}): 2 ms against 8 ms.`);
  });

  it('a failed trial refuses an exact request with its figures', () => {
    const trials = { cuda: [{ trial: 'parity', passed: false, reason: because('trial-parity') }] } as const;
    const report = decide([cpu, cuda], [exact('cuda')], { trials });
    expect(report).toMatchObject({ selected: null, refusal: { code: 'trial-parity' } });
    expect(of(report, 'cuda').trials).toMatchObject([{ trial: 'parity', state: 'failed' }]);
  });
});

describe('clients of a server', () => {
  const cuda = backend('cuda', yes(gpu('cuda:0')));
  const openvino = backend('openvino', yes(gpu('openvino:GPU')), true);

  it.each([
    ['disabled-by-user', [disable('cuda', 'user-config')], 'cuda'],
    ['opt-in-not-given', [], 'openvino'],
    ['not-in-list', [exact('cpu')], 'cuda'],
  ] as const)('are refused with %s', (code, operator, id) => {
    const report = decide([cpu, cuda, openvino], [...operator, exact(id, 'client')]);
    expect(report).toMatchObject({ selected: null, refusal: { code } });
    expect(report.request.source.layer).toBe('client');
  });

  it('get what the operator allows', () => {
    expect(
      decide([cpu, cuda, openvino], [enable('openvino'), exact('openvino', 'client')]).selected?.backend,
    ).toBe('openvino');
    expect(decide([cpu, cuda], [prefer('cuda', 'cpu'), exact('cpu', 'client')]).selected?.backend).toBe(
      'cpu',
    );
  });
});

describe('plugins that misbehave', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['answers a promise', () => Promise.resolve(yes(gpu('x:0')))],
    ['says yes without a device', () => yes()],
    ['says no without a reason', () => ({ eligible: 'no', reasons: [], devices: [] })],
    [
      'invents a code',
      () => ({ eligible: 'no', reasons: [{ ...because('conflict'), code: 'nope' }], devices: [] }),
    ],
    [
      'answers in a circle',
      () => {
        const answer: Record<string, unknown> = { eligible: 'no' };
        answer['reasons'] = answer;
        return answer;
      },
    ],
    [
      'changes the facts',
      (facts: { schema: number }) => {
        facts.schema = 9;
        return yes(gpu('x:0'));
      },
    ],
  ])('one that %s is `plugin-bug` and changes nothing else', (_what, predicate) => {
    const bad = mockBackend({ manifest: { id: 'bad' }, predicate: predicate as never });
    const report = decide([cpu, bad]);
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: false });
    expect(of(report, 'bad')).toMatchObject({ status: 'rejected', reasons: [{ code: 'plugin-bug' }] });
    expect(decide([cpu, bad], [exact('bad')]).refusal?.code).toBe('plugin-bug');
  });
});

describe('simulation of another set of packages', () => {
  const known = createRegistry([cpu, backend('cuda', yes(gpu('cuda:0')))]).known();

  it('takes the others as not installed', () => {
    const report = select({
      known: simulateInstalled(known, ['cpu'], '--installed cpu'),
      host,
      settings: [],
      simulated: true,
    });
    expect(report.selected?.backend).toBe('cpu');
    expect(of(report, 'cuda')).toMatchObject({
      status: 'not-installed',
      reasons: [{ code: 'package-missing' }],
    });
    expect(report.host.simulated).toBe(true);
  });

  it('names what it cannot simulate', () => {
    expect(() => simulateInstalled(known, ['cdua'], '--installed')).toThrow('Did you mean `cuda`?');
    const absent = simulateInstalled(known, ['cpu'], '--installed');
    expect(() => simulateInstalled(absent, ['cuda'], '--installed')).toThrow(
      'npm install @test/backend-cuda',
    );
  });
});

it('the text loses no reason, remedy or piece of evidence', () => {
  const cuda = backend('cuda', {
    ...yes(gpu('cuda:0')),
    blockers: [because('runtime-library-missing'), because('driver-mismatch')],
  });
  const openvino = backend('openvino', yes(gpu('openvino:GPU')), true);
  const report = decide([cpu, cuda, openvino], [disable('openvino')]);
  const text = renderSelection(report);
  for (const candidate of report.candidates) {
    for (const { message, remedy, evidence, code } of candidate.reasons) {
      expect(text).toContain(message);
      expect(text).toContain(code);
      if (remedy !== null) expect(text).toContain(remedy);
      for (const { path, value } of evidence) expect(text).toContain(`${path} = ${JSON.stringify(value)}`);
    }
  }
  for (const { message } of report.warnings) expect(text).toContain(message);
});
