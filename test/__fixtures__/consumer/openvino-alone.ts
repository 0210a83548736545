// What somebody writes who installed OpenVINO's backend and neither engine: checked and run likewise.
import { createOpenvinoBackend, type OpenvinoBackendOptions } from '@switchyard/backend-openvino';
import { createRegistry, select, takeSelectionFlags, backendNames } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { loadMachine } from '@switchyard/core/machines';

const options: OpenvinoBackendOptions = {};
const backend = createOpenvinoBackend(options);
const known = createRegistry([backend]).known();
const names = backendNames([{ id: backend.manifest.id, aliases: backend.manifest.aliases ?? [] }]);
const host = await loadMachine('linux-intel-igpu-npu');
const probe = await backend.doProbe({ host: await readHostFacts() });

console.log(
  JSON.stringify({
    unasked: select({ known, host, settings: [] }).selected,
    asked: select({ known, host, settings: takeSelectionFlags(['--use-openvino'], names).statements }).selected?.backend,
    probe: probe.ok ? 'works' : probe.reason.code,
  }),
);
