import { createCpuBackend } from '@switchyard/backend-cpu';
import { createCudaBackend } from '@switchyard/backend-cuda';
import { createMpsCoremlBackend } from '@switchyard/backend-mps-coreml';
import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { createWebgpuBackend } from '@switchyard/backend-webgpu';
import {
  backendNames,
  createRegistry,
  select,
  simulateInstalled,
  statementsFromConfig,
  statementsFromEnvironment,
  takeSelectionFlags,
  type BackendV1,
  type HostFacts,
  type SelectionReport,
  type SettingStatement,
} from '@switchyard/core';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { mockBackend } from '@switchyard/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';

// SD.Next #3649: on a Mac M4 Max, OpenVINO was chosen because it could be installed, and no spelling
// of the off-switch switched it off. Every row here is a way in which that could come back.

const thirdParty = mockBackend({
  manifest: { id: 'acme-npu', optIn: true, rank: 100, deviceKinds: ['npu'] },
  predicate: () => ({
    eligible: 'yes',
    reasons: [],
    devices: [{ id: 'acme-npu:0', name: 'Acme NPU', kind: 'npu', software: false }],
  }),
});

/** Those whose every order is tried; the two that came later have no part in the incident. */
const FIVE: readonly BackendV1[] = [
  createCpuBackend(),
  createCudaBackend(),
  createOpenvinoBackend(),
  createMpsCoremlBackend(),
  thirdParty,
];
const ALL: readonly BackendV1[] = [...FIVE, createWasmBackend(), createWebgpuBackend()];
const names = backendNames(ALL.map(({ manifest }) => ({ id: manifest.id, aliases: manifest.aliases ?? [] })));

let mac: HostFacts;
beforeAll(async () => {
  mac = await loadMachine('mac-m4-max');
});

function decide(
  backends: readonly BackendV1[],
  settings: readonly SettingStatement[],
  host = mac,
): SelectionReport {
  // The packages that are not installed are known by name, as in the command-line program.
  const everything = [...backends, ...ALL.filter((backend) => !backends.includes(backend))];
  const known = simulateInstalled(
    createRegistry(everything).known(),
    backends.map(({ manifest }) => manifest.id),
    'the test',
  );
  return select({ known, host, settings });
}

function subsets<Item>(items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

const OFF_FLAGS = [
  '--use-openvino=false',
  '--use-openvino=0',
  '--use-openvino=no',
  '--use-openvino=off',
  '--use-openvino=FALSE',
  '--no-use-openvino',
  '--disable=openvino',
];

const OFF_SWITCHES: readonly {
  readonly spelling: string;
  readonly statements: () => readonly SettingStatement[];
}[] = [
  { spelling: 'nothing said', statements: () => [] },
  ...OFF_FLAGS.map((flag) => ({
    spelling: flag,
    statements: () => takeSelectionFlags([flag], names).statements,
  })),
  {
    spelling: '--disable openvino',
    statements: () => takeSelectionFlags(['--disable', 'openvino'], names).statements,
  },
  ...['false', '0', 'no', 'off', ''].map((value) => ({
    spelling: `SWITCHYARD_USE_OPENVINO="${value}"`,
    statements: () => statementsFromEnvironment({ SWITCHYARD_USE_OPENVINO: value }, names).statements,
  })),
  {
    spelling: 'SWITCHYARD_DISABLE=openvino',
    statements: () => statementsFromEnvironment({ SWITCHYARD_DISABLE: 'openvino' }, names).statements,
  },
  ...(['user-config', 'project-config'] as const).map((layer) => ({
    spelling: `${layer} disable: ["openvino"]`,
    statements: () => statementsFromConfig('{ "disable": ["openvino"] }', 'switchyard.config.json', layer),
  })),
];

describe('the founding incident, on mac-m4-max', () => {
  it.each(OFF_SWITCHES)(
    'never openvino, always mps-coreml where it is installed, in every order: $spelling',
    ({ statements }) => {
      const settings = statements();
      let questions = 0;
      for (const installed of subsets(FIVE)) {
        const reports = permutations(installed).map((order) => decide(order, settings));
        const [first] = reports;
        const ids = installed.map(({ manifest }) => manifest.id);
        for (const report of reports) {
          questions += 1;
          expect(report).toEqual(first);
          expect(report.selected?.backend).not.toBe('openvino');
          expect(report.selected?.backend).not.toBe('acme-npu');
          expect(report.selected?.backend).not.toBe('cuda');
          if (ids.includes('mps-coreml')) expect(report.selected?.backend).toBe('mps-coreml');
          else if (ids.includes('cpu')) expect(report.selected?.backend).toBe('cpu');
          else expect(report.outcome).toBe('refused');
        }
      }
      // 1 + 5 + 10*2 + 10*6 + 5*24 + 120 orders of the 32 subsets.
      expect(questions).toBe(326);
    },
  );

  it('says of openvino that it was not enabled, and which switch would enable it', () => {
    const report = decide(ALL, []);
    const openvino = report.candidates.find(({ backend }) => backend === 'openvino')!;
    expect(openvino.status).toBe('not-enabled');
    expect(openvino.gates).toMatchObject({
      installed: 'yes',
      enabled: 'no',
      eligible: 'yes',
      working: 'not-run',
    });
    expect(openvino.reasons[0]!.code).toBe('opt-in-not-given');
    expect(openvino.reasons[0]!.remedy).toContain('--enable openvino');
    const selected = report.candidates.find(({ backend }) => backend === 'mps-coreml')!;
    expect(selected.reasons[0]!.code).toBe('auto-preferred');
    expect(report.basis).toBe('platform-preference');
    expect(report.request.source.layer).toBe('default');
    expect(JSON.stringify(report)).not.toMatch(/faster|fastest/);
  });

  it('a flag overrides an environment that enables it, and the report shows both', () => {
    const environment = statementsFromEnvironment({ SWITCHYARD_USE_OPENVINO: 'true' }, names).statements;
    const flags = takeSelectionFlags(['--use-openvino=false'], names).statements;
    const report = decide(ALL, [...environment, ...flags]);
    expect(report.selected?.backend).toBe('mps-coreml');
    expect(report.settings).toContainEqual({
      key: 'disable.openvino',
      value: true,
      source: { layer: 'flag', detail: '--use-openvino=false' },
      overrode: [{ layer: 'env', detail: 'SWITCHYARD_USE_OPENVINO=true' }],
    });
  });

  it.each(['--use-openvino', '--use-openvino=true', '--use-openvino=on', '--backend=openvino'])(
    '%s is a request, and it is met or refused, never replaced',
    (flag) => {
      const settings = takeSelectionFlags([flag], names).statements;
      for (const installed of subsets(ALL)) {
        const has = installed.some(({ manifest }) => manifest.id === 'openvino');
        const report = decide(installed, settings);
        if (has) expect(report.selected?.backend).toBe('openvino');
        else expect(report.selected).toBeNull();
      }
    },
  );

  it.each(['false', '0', 'no', 'off', 'true', 'yes'])(
    '--use-openvino %s, as two words, is refused',
    (word) => {
      expect(() => takeSelectionFlags(['--use-openvino', word], names)).toThrow(`\`--use-openvino=${word}\``);
    },
  );

  it('--enable openvino allows it without preferring it to the platform', () => {
    const settings = takeSelectionFlags(['--enable', 'openvino'], names).statements;
    expect(decide(ALL, settings).selected?.backend).toBe('mps-coreml');
    const without = ALL.filter(({ manifest }) => manifest.id !== 'mps-coreml');
    expect(decide(without, settings).selected?.backend).toBe('openvino');
  });

  it('an unrelated exact request does not change what a Mac gets when it is gone', () => {
    const cuda = decide(ALL, takeSelectionFlags(['--use-cuda'], names).statements);
    expect(cuda.refusal?.code).toBe('platform-unsupported');
    expect(decide(ALL, []).selected?.backend).toBe('mps-coreml');
  });
});

describe('on every shipped machine', () => {
  it.each(MACHINE_NAMES)('%s: nothing opt-in without a request, whatever is installed', async (name) => {
    const host = await loadMachine(name);
    for (const installed of subsets(ALL)) {
      const report = decide(installed, [], host);
      const chosen = ALL.find(({ manifest }) => manifest.id === report.selected?.backend);
      expect(chosen?.manifest.optIn ?? false).toBe(false);
      if (report.selected === null) expect(report.refusal!.remedy).not.toBe('');
    }
  });

  it.each(MACHINE_NAMES)('%s: every exact request is met or refused', async (name) => {
    const host = await loadMachine(name);
    for (const { manifest } of ALL) {
      const settings = takeSelectionFlags(['--backend', manifest.id], names).statements;
      const report = decide(ALL, settings, host);
      expect([manifest.id, undefined]).toContain(report.selected?.backend);
    }
  });

  it.each(MACHINE_NAMES)('%s: what WebAssembly may do there', async (name) => {
    const host = await loadMachine(name);
    const enable = takeSelectionFlags(['--enable', 'wasm'], names).statements;
    const without = decide(ALL, [], host).selected?.backend ?? null;
    // Enabled, it only takes the place of nothing.
    expect(decide(ALL, enable, host).selected?.backend).toBe(without ?? 'wasm');
    const report = decide(ALL, [], host);
    const cpu = report.candidates.find(({ backend }) => backend === 'cpu')!;
    const wasm = report.candidates.find(({ backend }) => backend === 'wasm')!;
    expect(wasm).toMatchObject({ status: 'not-enabled', gates: { eligible: 'yes' } });
    expect(wasm.reasons[0]!.remedy).toContain('--enable wasm');
    const native = cpu.gates.eligible === 'yes';
    expect(native).toBe(!['mac-intel', 'mac-m1-macos13', 'linux-alpine'].includes(name));
    expect(/--backend wasm/.test(cpu.reasons[0]!.remedy ?? '')).toBe(!native);
    if (report.selected !== null) return;
    // OpenVINO has a build for macOS 13, and stands before WebAssembly among those that nobody enabled.
    const first = name === 'mac-m1-macos13' ? 'openvino' : 'wasm';
    const ours = ALL.filter((backend) => backend !== thirdParty);
    expect(decide(ours, [], host).refusal!.remedy).toBe(
      `\`${first}\` could run here. To let it be chosen: --enable ${first}. To use nothing else: --backend ${first}`,
    );
    const notThere = ours.filter(({ manifest }) => !['openvino', 'wasm'].includes(manifest.id));
    expect(decide(notThere, [], host).refusal!.remedy).toMatch(
      /^Run `npm install @switchyard\/backend-wasm` and use `--backend wasm`/,
    );
  });

  const EXPECTED: Readonly<Record<(typeof MACHINE_NAMES)[number], string | null>> = {
    'mac-m4-max': 'mps-coreml',
    'mac-intel': null,
    'mac-m1-macos13': null,
    'linux-plain': 'cpu',
    'linux-nvidia': 'cuda',
    'linux-nvidia-driver-only': 'cpu',
    'linux-nvidia-container': 'cpu',
    'linux-intel-igpu-npu': 'cpu',
    'linux-intel-plus-nvidia': 'cuda',
    'linux-lavapipe': 'cpu',
    'linux-alpine': null,
    'linux-arm64': 'cpu',
    'wsl2-nvidia': 'cuda',
    'windows-nvidia': 'cpu',
    'windows-intel': 'cpu',
    'windows-amd': 'cpu',
    'windows-arm64': 'cpu',
  };

  it.each(MACHINE_NAMES)('%s: the choice with everything installed and nothing said', async (name) => {
    const report = decide(ALL, [], await loadMachine(name));
    expect(report.selected?.backend ?? null).toBe(EXPECTED[name]);
    expect(report.degraded).toBe(name === 'linux-nvidia-driver-only');
  });
});
