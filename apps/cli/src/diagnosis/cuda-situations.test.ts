import { createCpuBackend } from '@switchyard/backend-cpu';
import { CUDA_SITUATIONS, cudaMachine, type CudaMachine } from '@switchyard/backend-cuda/testing';
import {
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

describe.each(CUDA_SITUATIONS.filter(({ verdict }) => verdict !== null))('$name', (situation) => {
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
});

describe.each(CUDA_SITUATIONS.filter(({ verdict }) => verdict === null))('$name', (situation) => {
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
});

describe('Windows', () => {
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

describe('several GPUs', () => {
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
