import { knownId, type SelectionReport } from '@switchyard/core';
import { diagnoseBackend, type BackendDiagnosis } from '../diagnosis/diagnose-backend.ts';
import { machineLine, projectWarnings, type Diagnosis } from '../diagnosis/diagnosis.ts';
import { findEngines } from '../diagnosis/find-engines.ts';
import { personOf, redact } from '../diagnosis/redact.ts';
import { renderDiagnosis } from '../diagnosis/render-diagnosis.ts';
import { skippedScripts } from '../diagnosis/skipped-scripts.ts';
import { EXIT_STATUSES, statusOfSelection } from '../exit-status.ts';
import { openRuntime, type RuntimeWords } from '../open-runtime.ts';
import { probeReports } from '../probe-reports.ts';
import { situationOf, type Invocation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { VERSION } from '../version.ts';

/** What `doctor` was told. */
export interface DoctorWords extends RuntimeWords {
  /** `false` starts nothing. */
  readonly probe?: boolean;
}

/** `switchyard doctor`: every backend from its package to its devices, and what to do where one does not work. */
export async function doctor(invocation: Invocation, words: DoctorWords): Promise<number> {
  const { context, options, discovery } = invocation;
  const situation = await situationOf(invocation);
  const { known, host } = situation.input;
  const runtime = await openRuntime(situation, context, words);
  try {
    const probes =
      words.probe === false
        ? []
        : await withProgress('Trying backends', context, options, (say) =>
            probeReports(runtime, context, { refresh: true, say }),
          );
    const report = await runtime.explain();
    const backends = report.candidates.map((candidate) =>
      diagnoseBackend(
        candidate,
        known.find((one) => knownId(one) === candidate.backend)!,
        host,
        probes.find(({ backend }) => backend === candidate.backend) ?? null,
      ),
    );
    const engines = findEngines(discovery.project);
    const skipped = skippedScripts(discovery.project, context);
    const status = statusOf(report, backends);
    const diagnosis: Diagnosis = {
      schema: 1,
      ok: status === EXIT_STATUSES.ok.status,
      summary: summaryOf(report, backends),
      version: VERSION,
      machine: machineLine(host),
      selected: report.selected,
      refusal: report.refusal,
      backends,
      engines,
      skippedScripts: skipped,
      settings: report.settings,
      warnings: [...report.warnings, ...projectWarnings(backends, engines, skipped)],
      host,
    };
    context.stdout.write(
      options.json
        ? `${JSON.stringify(redact(diagnosis, personOf(context.environment)), null, 2)}\n`
        : renderDiagnosis(diagnosis, invocation),
    );
    return status;
  } finally {
    await runtime.close();
  }
}

/** Broken things count where a person or the manifest lets them be chosen; the rest is for information. */
function brokenAndEnabled(backends: readonly BackendDiagnosis[]): readonly BackendDiagnosis[] {
  return backends.filter(({ health, enabled }) => health === 'broken' && enabled);
}

function statusOf(report: SelectionReport, backends: readonly BackendDiagnosis[]): number {
  if (report.selected === null) return statusOfSelection(report);
  return EXIT_STATUSES[brokenAndEnabled(backends).length > 0 ? 'refused' : 'ok'].status;
}

function summaryOf({ selected, refusal }: SelectionReport, backends: readonly BackendDiagnosis[]): string {
  const broken = brokenAndEnabled(backends).map(({ backend }) => `\`${backend}\``);
  const faults = broken.length === 0 ? '' : ` Enabled and broken: ${broken.join(', ')}.`;
  if (selected === null) return `Nothing would run a model here: ${refusal?.message ?? ''}${faults}`;
  const { health } = backends.find(({ backend }) => backend === selected.backend)!;
  const proved = health === 'works' ? 'which works' : 'which was not proved to work';
  return `A model would run on \`${selected.backend}\` (${selected.deviceName}), ${proved}.${faults}`;
}
