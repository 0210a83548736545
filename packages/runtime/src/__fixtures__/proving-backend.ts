import { appendFileSync } from 'node:fs';
import { createCpuBackend } from '@switchyard/backend-cpu';
import {
  makeTensor,
  tensorValues,
  type BackendSessionV1,
  type BackendV1,
  type DeviceV1,
  type Tensors,
} from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';

/** How the backend betrays whoever trusts it. All but the crash spare the tiny model of a probe. */
export interface ProvingScript {
  readonly id: string;
  readonly rank?: number;
  readonly fault?: 'wrong' | 'wrong-above-one' | 'on-cpu' | 'slow' | 'crashes-on-probe';
  /** A line per opened session is added to this file, from whatever process it happens in. */
  readonly log: string;
}

/** A backend that claims to be a GPU, computes on the real CPU backend, and has the fault of its script. */
export function createProvingBackend(script: ProvingScript): BackendV1 {
  const { id, fault } = script;
  const device: DeviceV1 = { id: `${id}:0`, name: `${id} GPU`, kind: 'gpu', software: false };
  const cpu = createCpuBackend();
  const backend = mockBackend({
    manifest: {
      id,
      rank: script.rank ?? 0,
      dtypes: cpu.manifest.dtypes,
      isolation: { minimum: 'inline', recommended: 'process' },
    },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: () => {
      if (fault === 'crashes-on-probe') process.kill(process.pid, 'SIGSEGV');
      return Promise.resolve({ ok: true, devices: [device], evidence: 'It says that it works.' });
    },
    doDevices: () => Promise.resolve([device]),
    doOpen: async (model, context) => {
      appendFileSync(script.log, `${id} opened ${'path' in model ? 'file' : model.name}\n`);
      const cpuDevice: DeviceV1 = { id: 'cpu', name: 'CPU', kind: 'cpu', software: false };
      const { strict: _strict, ...rest } = context;
      return disguise(await cpu.doOpen(model, { ...rest, device: cpuDevice, options: { intraOpThreads: 1 } }), script, device);
    },
  });
  return { ...backend, origin: { module: import.meta.url, factory: 'createProvingBackend', arguments: [script] } };
}

function disguise(
  inner: BackendSessionV1,
  script: ProvingScript,
  device: DeviceV1,
): BackendSessionV1 {
  const isTiny = !inner.inputs.some(({ shape }) => shape.includes(64));
  const fault = isTiny ? undefined : script.fault;
  const provider = fault === 'on-cpu' ? 'CPUExecutionProvider' : `${script.id}ExecutionProvider`;
  return {
    inputs: inner.inputs,
    outputs: inner.outputs,
    device,
    executionProviders: [provider],
    async doRun(feeds, options) {
      const rounds = fault === 'slow' ? 8 : 1;
      let outputs: Tensors = {};
      for (let round = 0; round < rounds; round += 1) outputs = await inner.doRun(feeds, options);
      const batch = Object.values(feeds)[0]?.shape[0] ?? 1;
      const wrong = fault === 'wrong' || (fault === 'wrong-above-one' && batch > 1);
      return wrong ? Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, spoil(tensor)])) : outputs;
    },
    doPlacement: () =>
      Promise.resolve({
        source: 'its own word',
        complete: true,
        providers: [{ name: provider, nodes: 10, timeShare: 1 }],
        partitions: 1,
      }),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function spoil(tensor: Tensors[string]): Tensors[string] {
  if (tensor.dtype !== 'float32') return tensor;
  return makeTensor('float32', tensor.shape, tensorValues(tensor).map((value) => Number(value) + 0.5));
}
