// node --import ./import-purity-traps.ts import-purity-select.ts: decides for every machine, as selection does.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createCudaBackend } from '@switchyard/backend-cuda';
import { createMpsCoremlBackend } from '@switchyard/backend-mps-coreml';
import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import {
  backendNames,
  createRegistry,
  renderSelection,
  select,
  statementsFromConfig,
  statementsFromEnvironment,
  takeSelectionFlags,
} from '@switchyard/core';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { writeSync } from 'node:fs';

const backends = [createCpuBackend(), createCudaBackend(), createMpsCoremlBackend(), createOpenvinoBackend()];
const known = createRegistry(backends).known();
const names = backendNames(
  backends.map(({ manifest }) => ({ id: manifest.id, aliases: manifest.aliases ?? [] })),
);
const ids = backends.map(({ manifest }) => manifest.id);
const wishes = [
  [],
  ...ids.map((id) => takeSelectionFlags([`--backend=${id}`], names).statements),
  ...ids.map((id) => takeSelectionFlags([`--enable=${id}`], names).statements),
  takeSelectionFlags([`--prefer=${ids.join(',')}`], names).statements,
  statementsFromEnvironment({ SWITCHYARD_DISABLE: 'cpu' }, names).statements,
  statementsFromConfig('{ "enable": ["openvino"] }', 'switchyard.config.json', 'project-config'),
];

const chosen = new Set<string>();
let reports = 0;
for (const machine of MACHINE_NAMES) {
  const host = await loadMachine(machine);
  for (const settings of wishes) {
    const report = select({ known, host, settings });
    if (renderSelection(report) === '') throw new Error(`An empty report for ${machine}.`);
    chosen.add(report.selected?.backend ?? 'refused');
    reports += 1;
  }
}
// Not to stdout, which must stay silent.
writeSync(4, JSON.stringify({ reports, machines: MACHINE_NAMES.length, chosen: [...chosen].toSorted() }));
