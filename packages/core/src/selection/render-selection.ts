import type { Reason } from '../backend/v1/reason-v1.ts';
import { describeSource } from '../settings/setting-source.ts';
import type { CandidateReport, SelectionReport } from './selection-report.ts';

const STATUS_WORDS: Readonly<Record<CandidateReport['status'], string>> = {
  selected: 'selected',
  'passed-over': 'passed over',
  rejected: 'rejected',
  'not-enabled': 'not enabled',
  disabled: 'disabled',
  'not-installed': 'not installed',
};

const TRIAL_WORDS = { passed: 'passed', failed: 'failed', 'not-run': 'not run' } as const;

/** The one line of truth: backend, device, reason, source. Plain text without a line end. */
export function renderSelectionLine(report: SelectionReport): string {
  const { selected } = report;
  if (selected === null) return `refused: ${report.refusal?.message ?? ''}`;
  const candidate = report.candidates.find((one) => one.backend === selected.backend);
  const fallback = report.degraded ? ' (fallback)' : '';
  return [
    `backend=${selected.backend}${fallback}`,
    `device=${selected.device} (${selected.deviceName})`,
    `reason=${candidate?.reasons[0]?.code ?? report.basis ?? 'unknown'}`,
    `source=${report.request.source.detail ?? report.request.source.layer}`,
  ].join('  ');
}

/** The whole report as plain text. Every reason, piece of evidence and remedy of the report is in it. */
export function renderSelection(report: SelectionReport): string {
  const lines: string[] = [];
  if (report.selected === null) {
    lines.push(
      `Refused (${report.refusal?.code}): ${report.refusal?.message}`,
      `  -> ${report.refusal?.remedy}`,
    );
  } else {
    const { backend, device, deviceName } = report.selected;
    lines.push(
      `Selected: ${backend} on ${deviceName} (${device})${report.degraded ? ', as a fallback' : ''}`,
    );
  }
  if (report.basis !== null) lines.push(`Basis:    ${report.basis}`);
  lines.push(`Request:  ${renderRequest(report)}`);
  lines.push(
    `Host:     ${report.host.fingerprint}${report.host.simulated ? ' (simulated)' : ''}`,
    '',
    'Candidates',
  );
  for (const candidate of report.candidates) lines.push(...renderCandidate(candidate));
  const settings = report.settings.filter(
    (setting) => setting.source.layer !== 'default' || setting.overrode.length > 0,
  );
  if (settings.length > 0) {
    lines.push('', 'Settings');
    for (const { key, value, source, overrode } of settings) {
      const over = overrode.map((one) => describeSource(one)).join(', ');
      lines.push(
        `  ${key} = ${String(value)}, from ${describeSource(source)}${over === '' ? '' : `, overriding ${over}`}`,
      );
    }
  }
  if (report.warnings.length > 0) {
    lines.push('', 'Warnings');
    for (const { message, remedy } of report.warnings) {
      lines.push(`  ${message}`, ...(remedy === null ? [] : [`    -> ${remedy}`]));
    }
  }
  return `${lines.join('\n')}\n`;
}

function renderRequest({ request }: SelectionReport): string {
  const what =
    request.kind === 'auto'
      ? 'automatic'
      : request.kind === 'exact'
        ? `exactly ${request.backends?.join()}`
        : `the first that works of ${request.backends?.join(', ')}`;
  const device = request.device === undefined ? '' : ` on device ${request.device}`;
  return `${what}${device}, from ${describeSource(request.source)}`;
}

function renderCandidate(candidate: CandidateReport): string[] {
  const { gates, package: packaged } = candidate;
  const version = packaged.version === null ? '' : `@${packaged.version}`;
  const optIn = candidate.optIn === null ? 'opt-in unknown' : candidate.optIn ? 'opt-in' : 'no opt-in needed';
  return [
    `  ${candidate.backend}: ${STATUS_WORDS[candidate.status]}  [${packaged.name}${version}, ${optIn}]`,
    `    installed ${gates.installed} | enabled ${gates.enabled} | eligible ${gates.eligible} | working ${gates.working}`,
    ...candidate.reasons.flatMap((reason) => renderReason(reason)),
    ...(candidate.probe === undefined ? [] : [renderProbe(candidate.probe)]),
    ...(candidate.trials ?? []).map(
      ({ trial, state, detail, when }) =>
        `    trial ${trial}: ${TRIAL_WORDS[state]}${when === undefined ? '' : ` (${when})`}: ${detail}`,
    ),
    ...(candidate.sources.length === 0
      ? []
      : [`    said by ${candidate.sources.map((source) => describeSource(source)).join(', ')}`]),
  ];
}

function renderProbe({ ok, detail, when }: NonNullable<CandidateReport['probe']>): string {
  return `    probe: ${ok ? 'worked' : 'did not work'}${when === undefined ? '' : ` (${when})`}: ${detail}`;
}

function renderReason(reason: Reason): string[] {
  const evidence = reason.evidence.map(({ path, value }) => `${path} = ${JSON.stringify(value)}`);
  return [
    `    ${reason.code}: ${reason.message}`,
    ...evidence.map((line) => `      ${line}`),
    ...(reason.remedy === null ? [] : [`      -> ${reason.remedy}`]),
  ];
}
