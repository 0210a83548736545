import { createCpuBackend } from '@switchyard/backend-cpu';
import { CUDA_SITUATIONS, cudaMachine, type CudaMachine } from '@switchyard/backend-cuda/testing';
import {
  EngineError,
  SelectionError,
  createRegistry,
  renderSelection,
  type CandidateReport,
  type HostFacts,
  type Reason,
} from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { createRuntime, lookForArtifacts, type Runtime } from '@switchyard/runtime';
import { describe, expect, it } from 'vitest';
import { diagnoseBackend, type BackendDiagnosis } from './diagnose-backend.ts';

// File names of Linux have colons, which Windows does not take.
const onWindows = process.platform === 'win32';

const MODEL = { bytes: new Uint8Array([1]), name: 'a model that is never read' };
const EXACT = { backend: 'cuda' };
const PREFERENCE = ['explicit-request', 'auto-preferred', 'only-candidate'];

type Words = Pick<Reason, 'code' | 'message' | 'remedy'>;

const words = ({ code, message, remedy }: Words): Words => ({ code, message, remedy });
const cudaOf = (candidates: readonly CandidateReport[]): CandidateReport =>
  candidates.find(({ backend }) => backend === 'cuda')!;

async function runtimeOn({ backend, host }: Pick<CudaMachine, 'backend' | 'host'>): Promise<Runtime> {
  return createRuntime({ backends: [backend, createCpuBackend()], host, settings: [], cache: null });
}

/** What `doctor` says, with the probe that it runs. */
async function doctored(machine: CudaMachine, runtime: Runtime): Promise<BackendDiagnosis> {
  const { host, backend } = machine;
  const [known] = await lookForArtifacts(createRegistry([backend]), host);
  const [report] = await runtime.probe({ ids: ['cuda'], refresh: true });
  const { candidates } = await runtime.explain();
  return diagnoseBackend(cudaOf(candidates), known!, host, report ?? null);
}

async function refusalOf(runtime: Runtime): Promise<SelectionError> {
  const error: unknown = await runtime.open(MODEL, EXACT).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!SelectionError.isInstance(error)) throw new Error('Selection did not refuse.', { cause: error });
  return error;
}

describe.skipIf(onWindows).each(CUDA_SITUATIONS.filter(({ verdict }) => verdict !== null))(
  '$name',
  (situation) => {
    const verdict = situation.verdict!;

    it('is the same in explain, in doctor and in the error of an exact request', async () => {
      await using machine = await cudaMachine(situation);
      await using runtime = await runtimeOn(machine);

      const automatic = await runtime.explain();
      // On musl the engine has no build at all, for the processor neither.
      expect(automatic.selected?.backend).toBe(situation.name === 'musl' ? undefined : 'cpu');
      expect(cudaOf(automatic.candidates).reasons.map((reason) => words(reason))).toEqual([verdict]);

      const exact = await runtime.explain(EXACT);
      expect(exact).toMatchObject({ outcome: 'refused', selected: null });
      expect(exact.refusal).toMatchObject({ code: verdict.code, remedy: verdict.remedy });
      expect(exact.refusal?.message).toMatch(/asks for `cuda`, and nothing else may take its place\. /);
      expect(exact.refusal?.message.endsWith(` ${verdict.message}`)).toBe(true);
      expect(renderSelection(exact)).toContain(`${verdict.code}: ${verdict.message}`);
      expect(renderSelection(exact)).toContain(`-> ${verdict.remedy}`);

      const refusal = await refusalOf(runtime);
      expect(refusal).toMatchObject({ code: verdict.code, remedy: verdict.remedy });
      expect(refusal.message).toBe(`${exact.refusal?.message} ${verdict.remedy}`);

      const diagnosis = await doctored(machine, runtime);
      expect(words(diagnosis.problem!)).toEqual(verdict);
      expect(diagnosis.todo).toEqual([verdict.remedy]);
      expect(diagnosis.health).toBe(
        ['hardware-absent', 'platform-unsupported'].includes(verdict.code) ? 'unavailable' : 'broken',
      );
    });
  },
);

describe.skipIf(onWindows).each(CUDA_SITUATIONS.filter(({ verdict }) => verdict === null))(
  '$name',
  (situation) => {
    it('leaves nothing to complain about', async () => {
      await using machine = await cudaMachine(situation);
      await using runtime = await runtimeOn(machine);
      const report = await runtime.explain();
      expect(report.selected).toMatchObject({ backend: 'cuda', device: 'cuda:0' });
      const codes = cudaOf(report.candidates).reasons.map(({ code }) => code);
      expect(codes.filter((code) => !PREFERENCE.includes(code))).toEqual([]);
      const [known] = await lookForArtifacts(createRegistry([machine.backend]), machine.host);
      const { problem, libraries, files } = diagnoseBackend(
        cudaOf(report.candidates),
        known!,
        machine.host,
        null,
      );
      expect({ libraries, absent: files.filter(({ present }) => !present) }).toEqual({
        libraries: [],
        absent: [],
      });
      expect(PREFERENCE).toContain(problem?.code);
    });
  },
);

describe.skipIf(onWindows)('Windows', () => {
  it('is told that its build has no CUDA, and what it has instead', async () => {
    const host: HostFacts = await loadMachine('windows-nvidia');
    await using machine = await cudaMachine(CUDA_SITUATIONS[0]!);
    await using runtime = await runtimeOn({ backend: machine.backend, host });
    const refusal = await refusalOf(runtime);
    expect(refusal.code).toBe('platform-unsupported');
    expect(refusal.message).toMatch(
      / The engine's npm build for Windows has DirectML and WebGPU, but no CUDA\. /,
    );
    expect(refusal.remedy).toMatch(/WSL2.*--backend webgpu/);
    const diagnosis = await doctored({ ...machine, host }, runtime);
    expect(diagnosis.todo).toEqual([refusal.remedy]);
  });
});

describe.skipIf(onWindows)('a driver without device nodes, outside a container', () => {
  it('is tried, because CUDA usually makes them, and named when that failed', async () => {
    const nodes = { '/dev/nvidia0': null, '/dev/nvidiactl': null, '/dev/nvidia-uvm': null };
    await using machine = await cudaMachine({ tree: { ...CUDA_SITUATIONS[0]!.tree, ...nodes } });
    await using runtime = await runtimeOn(machine);
    const said = {
      message:
        'The NVIDIA driver lists NVIDIA GeForce RTX 3090, and there is no `/dev/nvidia0` or the like yet; CUDA usually has `nvidia-modprobe` create it.',
      remedy: 'If opening fails, run `sudo nvidia-modprobe -c 0 -u` once.',
    };
    const report = await runtime.explain();
    expect(report.selected?.backend).toBe('cuda');
    expect(cudaOf(report.candidates).reasons[1]).toMatchObject({ code: 'device-unknown', ...said });
    // Nothing can open here: the libraries of the constructed machine are not the engine's.
    const diagnosis = await doctored(machine, runtime);
    expect(words(diagnosis.problem!)).toEqual({ code: 'hardware-absent', ...said });
    expect(diagnosis.todo[0]).toBe(said.remedy);
    const error = await machine.backend
      .doOpen(
        { bytes: new Uint8Array([1]), name: 'model' },
        { device: machine.backend.predicate(machine.host).devices[0]!, options: {} },
      )
      .catch((thrown: unknown) => thrown);
    expect(EngineError.isInstance(error) ? words(error.reason) : error).toEqual({
      code: 'hardware-absent',
      ...said,
    });
  });
});

describe.skipIf(onWindows)('several GPUs', () => {
  const sound = CUDA_SITUATIONS[0]!;
  const second = {
    '/proc/driver/nvidia/gpus/0000:02:00.0/information':
      'Model: \t\t NVIDIA T400\nGPU UUID: \t GPU-aaaabbbb-1111-2222-3333-444455556666\nBus Location: \t 0000:02:00.0\n',
    '/dev/nvidia1': '',
  };
  const environment = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };

  it.each([
    ['cuda:1', 'cuda:1', 'NVIDIA T400'],
    ['1', 'cuda:1', 'NVIDIA T400'],
    ['cuda:GPU-aaaabbbb-1111-2222-3333-444455556666', 'cuda:1', 'NVIDIA T400'],
    ['GPU-5f0a1c2e-1111-2222-3333-444455556666', 'cuda:0', 'NVIDIA GeForce RTX 3090'],
  ])('are named by number or identifier: %s', async (device, id, deviceName) => {
    await using machine = await cudaMachine({ tree: { ...sound.tree, ...second }, environment });
    await using runtime = await runtimeOn(machine);
    const { selected } = await runtime.explain({ backend: 'cuda', device });
    expect(selected).toEqual({ backend: 'cuda', device: id, deviceName });
  });

  it.each(['cuda:2', 'GPU-cccccccc-1111-2222-3333-444455556666'])('are not made up: %s', async (device) => {
    await using machine = await cudaMachine({ tree: { ...sound.tree, ...second }, environment });
    await using runtime = await runtimeOn(machine);
    const { refusal } = await runtime.explain({ backend: 'cuda', device });
    expect(refusal).toMatchObject({
      code: 'device-unknown',
      remedy: 'Name one of them, as in --device cuda:0',
    });
    expect(refusal?.message).toContain(
      `has no device \`${device}\` on this machine; it has \`cuda:0\`, \`cuda:1\`.`,
    );
  });

  it('are those that CUDA_VISIBLE_DEVICES leaves, which is shown', async () => {
    const variables = { ...environment, CUDA_VISIBLE_DEVICES: '1' };
    await using machine = await cudaMachine({ tree: { ...sound.tree, ...second }, environment: variables });
    await using runtime = await runtimeOn(machine);
    const report = await runtime.explain();
    expect(report.selected).toMatchObject({ device: 'cuda:0', deviceName: 'NVIDIA T400' });
    expect(renderSelection(report)).toContain('variables.CUDA_VISIBLE_DEVICES = "1"');
  });
});
