// What somebody writes who installed every package: checked and run against the packed files.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createCudaBackend } from '@switchyard/backend-cuda';
import { createMpsCoremlBackend } from '@switchyard/backend-mps-coreml';
import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import { runCli } from '@switchyard/cli';
import {
  createRegistry,
  makeTensor,
  renderSelectionLine,
  select,
  SelectionError,
  tensorValues,
  type BackendV1,
  type SelectionReport,
  type Tensors,
} from '@switchyard/core';
import { hostFingerprint, readHostFacts } from '@switchyard/core/host';
import { loadMachine } from '@switchyard/core/machines';
import { mockBackend } from '@switchyard/core/testing';
import { inspectModelBytes } from '@switchyard/onnx';
import { identityModel } from '@switchyard/onnx/testing';
import { ORT_VERSION } from '@switchyard/ort-host';
import { createRuntime, type Runtime, type Session } from '@switchyard/runtime';

const backends: readonly BackendV1[] = [
  createCpuBackend(),
  createCudaBackend(),
  createMpsCoremlBackend(),
  createOpenvinoBackend(),
];

const mac: SelectionReport = select({
  known: createRegistry(backends).known(),
  host: await loadMachine('mac-m4-max'),
  settings: [],
});

const bytes = identityModel('float32', ['n']);
const host = await readHostFacts();
const runtime: Runtime = await createRuntime({ backends, host, settings: [] });
const session: Session = await runtime.open({ bytes, name: 'identity' }, { backend: 'cpu' });
const feeds: Tensors = { x: makeTensor('float32', [3], [1, -2.5, 3]) };
const outputs = await session.run(feeds);
const placement = await session.placement();
await runtime.close();

let refusal = 'none';
const only = await createRuntime({ backends: [mockBackend()], host, settings: [] });
try {
  await only.open({ bytes, name: 'identity' }, { backend: 'cpu' });
} catch (error) {
  if (!SelectionError.isInstance(error)) throw error;
  refusal = error.code;
}
await only.close();

console.log(
  JSON.stringify({
    mac: mac.selected?.backend,
    line: renderSelectionLine(session.selection),
    selected: session.selection.selected?.backend,
    values: Object.values(outputs).flatMap((tensor) => tensorValues(tensor).map((value) => Number(value))),
    inputs: inspectModelBytes(bytes).inputs.map(({ name }) => name),
    providers: placement.providers.map(({ name }) => name),
    refusal,
    engine: ORT_VERSION,
    fingerprint: hostFingerprint(host),
    cli: typeof runCli,
  }),
);
