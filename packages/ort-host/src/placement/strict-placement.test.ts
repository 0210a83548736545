import { readFileSync } from 'node:fs';
import { EngineError, ModelError, makeTensor } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { describe, expect, it } from 'vitest';
import { openModel } from '../__fixtures__/open-model.ts';
import { openOrtSession, type OrtOpenRequest } from '../open-ort-session.ts';
import { branchModel } from './__fixtures__/branch-model.ts';
import { parseVerbosePlacement } from './parse-verbose-placement.ts';
import { requireStrictPlacement } from './strict-placement.ts';

const session = { backend: 'webgpu', model: 'branches', provider: 'WebGpuExecutionProvider' };
const recorded = readFileSync(new URL('__fixtures__/branch-webgpu.log', import.meta.url), 'utf8');

describe('the judgement', () => {
  it('refuses a node in a branch that is on the CPU, and names it', () => {
    const log = { ok: true, placement: parseVerbosePlacement(recorded)! } as const;
    const refused = () => requireStrictPlacement(session, log);
    expect(refused).toThrow(ModelError);
    expect(refused).toThrow(
      /1 of 5 nodes, subgraphs included, would run on `CPUExecutionProvider` \(Add `inner_add`\)/,
    );
  });

  it('accepts a model that is on the device as a whole', () => {
    const providers = [{ name: 'WebGpuExecutionProvider', nodes: 4, listed: null }];
    expect(() => requireStrictPlacement(session, { ok: true, placement: { providers } })).not.toThrow();
  });

  it('takes no record for no proof', () => {
    const reason = {
      code: 'probe-timeout',
      message: 'It took too long.',
      evidence: [],
      remedy: null,
    } as const;
    const refused = () => requireStrictPlacement(session, { ok: false, reason });
    expect(refused).toThrow(EngineError);
    expect(refused).toThrow(/could not be found out. It took too long./);
  });
});

it('has nothing to refuse on the CPU', async () => {
  await using opened = await openOrtSession({
    backend: 'cpu',
    model: { bytes: branchModel(), name: 'branches' },
    provider: { name: 'cpu' },
    device: { id: 'cpu', name: 'CPU', kind: 'cpu', software: false },
    session: {},
    strict: true,
  });
  expect(opened.executionProviders).toEqual(['CPUExecutionProvider']);
});

const { vulkanDrivers } = await readHostFacts();
const drivers = vulkanDrivers.known ? vulkanDrivers.value.length : 0;
const absent =
  drivers > 0 ? '' : ' (skipped: no Vulkan driver; scripts/install-software-vulkan.sh brings one)';

describe.skipIf(absent !== '')(`strict, with WebGPU${absent}`, () => {
  const open = (strict: boolean, names: readonly string[] = []) => {
    const request: OrtOpenRequest = {
      backend: 'webgpu',
      model: { bytes: branchModel(), name: 'branches' },
      provider:
        names.length === 0 ? { name: 'webgpu' } : { name: 'webgpu', options: { forceCpuNodeNames: names } },
      device: { id: 'webgpu:0', name: 'Vulkan', kind: 'gpu', software: 'unknown' },
      session: {},
      strict,
    };
    return openOrtSession(request);
  };
  const x = makeTensor('float32', [2], [-1, 2]);
  const feeds = { condition: makeTensor('bool', [], [true]), x };

  it('opens a model that is on the device as a whole', async () => {
    await using opened = await open(true);
    expect((await opened.doPlacement()).providers).toEqual([
      { name: 'WebGpuExecutionProvider', nodes: 4, timeShare: null },
      { name: 'CPUExecutionProvider', nodes: 0, timeShare: null, operators: {} },
    ]);
  });

  it('refuses one of which a branch is on the CPU, which the flag of the engine accepts', async () => {
    const flagged = await openOrtSession({
      backend: 'webgpu',
      model: { bytes: branchModel(), name: 'branches' },
      provider: { name: 'webgpu', options: { forceCpuNodeNames: ['inner_add'] } },
      device: { id: 'webgpu:0', name: 'Vulkan', kind: 'gpu', software: 'unknown' },
      session: { strictProvider: true },
    });
    await flagged[Symbol.asyncDispose]();
    await expect(open(true, ['inner_add'])).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(/1 of 5 nodes.*Add `inner_add`/),
    });
    // The branch that the caller would not have taken counts too.
    await expect(open(true, ['inner_neg'])).rejects.toThrow(/Neg `inner_neg`/);
  });

  it('refuses one of which the main graph is on the CPU', async () => {
    await expect(open(true, ['choose'])).rejects.toMatchObject({ code: 'model-unsupported' });
  });

  it('without it the same model runs, and the placement says where', async () => {
    await using opened = await open(false, ['inner_add']);
    const placement = await opened.doPlacement({ feeds });
    expect(placement.complete).toBe(true);
    expect(placement.providers).toEqual([
      {
        name: 'WebGpuExecutionProvider',
        nodes: 4,
        timeShare: expect.any(Number),
        operators: { If: 1, MemcpyToHost: 1, Neg: 1, Relu: 1 },
      },
      { name: 'CPUExecutionProvider', nodes: 1, timeShare: expect.any(Number), operators: { Add: 1 } },
    ]);
    const shares = placement.providers.map(({ timeShare }) => timeShare!);
    expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1);
  });

  it('is not a reason to keep the session of a refused model', async () => {
    await expect(open(true, ['inner_add'])).rejects.toThrow(ModelError);
    await using cpu = await openModel(branchModel());
    expect(Object.keys(await cpu.doRun(feeds))).toEqual(['y']);
  });
});
