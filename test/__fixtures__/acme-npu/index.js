import { createCpuBackend } from '@switchyard/backend-cpu';

/** The one device, at the place of simulated-npu.mjs. */
const SERIAL = '0000:05:00.0';
const CPU = { id: 'cpu', name: 'CPU', kind: 'cpu', software: false };

export function devices() {
  return [{ serial: SERIAL, name: 'Acme NPU' }];
}

export async function open(model, serial) {
  if (serial !== SERIAL) throw new Error(`There is no device ${serial}.`);
  const source = typeof model === 'string' ? { path: model } : { name: 'model', bytes: model };
  const session = await createCpuBackend().doOpen(source, { device: CPU, options: {}, strict: false });
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    serial,
    run: (feeds, outputs) => session.doRun(feeds, { outputs }),
    release: () => void session[Symbol.asyncDispose](),
  };
}
