// What somebody writes on a machine without a native build: WebAssembly's backend and nothing native, checked and run.
import { createWasmBackend } from '@switchyard/backend-wasm';
import { createRegistry, makeTensor, select, takeSelectionFlags, tensorValues, backendNames } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { identityModel } from '@switchyard/onnx/testing';

const backend = createWasmBackend();
const known = createRegistry([backend]).known();
const names = backendNames([{ id: backend.manifest.id, aliases: backend.manifest.aliases ?? [] }]);
const host = await loadMachine('linux-alpine');
const probe = await backend.doProbe({ host });
const [device] = await backend.doDevices({ host });
if (device === undefined) throw new Error('There is no device.');
const session = await backend.doOpen({ bytes: identityModel(), name: 'identity' }, { device, options: {} });
const { y } = await session.doRun({ x: makeTensor('float32', [3], [1, -2.5, 3]) });
await session[Symbol.asyncDispose]();

console.log(
  JSON.stringify({
    unasked: select({ known, host, settings: [] }).selected,
    asked: select({ known, host, settings: takeSelectionFlags(['--use-wasm'], names).statements }).selected?.backend,
    files: (await backend.doArtifacts?.(host))?.map(({ present }) => present),
    probe: probe.ok ? 'works' : probe.reason.code,
    values: y === undefined ? [] : tensorValues(y),
  }),
);
