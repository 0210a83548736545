// node --conditions=@switchyard/source conflict-program.ts BINDING: what works beside another version of the engine.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { addModel } from '@switchyard/onnx/testing';
import { openIsolated } from '../open-isolated.ts';

process.dlopen({ exports: {} }, process.argv[2]!);
const backend = createCpuBackend();
const [device] = await backend.doDevices({ host: hostFactsOf() });
const model = { bytes: addModel('float32', ['n']), name: 'add' };
const one = makeTensor('float32', [1], [1]);
const outcomes: Record<string, unknown> = {};
for (const isolation of ['inline', 'thread', 'process'] as const) {
  try {
    await using session = await openIsolated(backend, isolation, model, { device: device!, options: {} });
    outcomes[isolation] = tensorValues((await session.doRun({ a: one, b: one }))['sum']!);
  } catch (error) {
    outcomes[isolation] = (error as { code: unknown }).code;
  }
}
process.stdout.write(JSON.stringify(outcomes));
