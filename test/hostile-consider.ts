// A program of somebody: it composes the backends of its project, and says as JSON what selection, a probe and an opening
// make of them. Started in a process of its own, because a plugin can do anything to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { composeBackends, discover } from '@switchyard/composition';
import { backendNames, readSettings, select, type SelectionReport } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { identityModel } from '@switchyard/onnx/testing';
import { createRuntime, probeAll, probeOutcomes } from '@switchyard/runtime';

/** What came out, as one document on standard output. */
export interface Considered {
  readonly selected: SelectionReport;
  readonly explained: SelectionReport;
  /** Outcomes of probes by backend; empty where none were asked for. */
  readonly probed: Readonly<Record<string, unknown>>;
  /** What a session was opened on, and why, where it was asked for. */
  readonly opened: SelectionReport | null;
}

const [folder = '', act = 'explain'] = process.argv.slice(2);
const discovery = discover(folder, folder);
const names = backendNames(discovery.names);
const settings = await readSettings({ names, cwd: folder, environment: { HOME: folder } });
const { registry, warnings } = await composeBackends([createCpuBackend()], discovery, settings.statements);
const host = hostFactsOf();

await using runtime = await createRuntime({
  backends: [],
  registry,
  host,
  settings: settings.statements,
  warnings,
  cache: null,
});
const selected = select({ known: registry.known(), host, settings: settings.statements, warnings });
const explained = await runtime.explain();
const model = join(folder, 'identity.onnx');
writeFileSync(model, identityModel());
const deadlines = { module: 5000, engine: 5000, devices: 5000, total: 15_000 };
const reports =
  act === 'probe'
    ? await probeAll({ registry, host, store: runtime.store, ids: ['good', 'hostile'], deadlines })
    : [];
const probed = Object.fromEntries(
  reports.map((report) => [report.backend, report.state === 'skipped' ? report : report.outcome]),
);
const probes = probeOutcomes(reports);
const after =
  act === 'probe'
    ? select({ known: registry.known(), host, settings: settings.statements, warnings, probes })
    : explained;
const opened = act === 'open' ? await runtime.prove(model) : null;
const considered: Considered = { selected, explained: after, probed, opened };
process.stdout.write(`${JSON.stringify(considered)}\n`);
// A plugin can leave timers behind that nobody can stop; the program is done.
setTimeout(() => process.exit(), 1000).unref();
