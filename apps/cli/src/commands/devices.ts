import {
  askPredicate,
  knownId,
  REASON_CODES,
  SelectionError,
  type CandidateReport,
  type DeviceV1,
  type Reason,
} from '@switchyard/core';
import { EXIT_STATUSES, statusOfSelection } from '../exit-status.ts';
import { explainHere } from '../explain-here.ts';
import { NOT_ABOUT_MACHINE } from '../not-about-machine.ts';
import { situationOf, type Invocation, type Simulation, type Situation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** One backend with its devices, as `devices --json` prints it. */
export interface BackendDevices {
  readonly backend: string;
  readonly package: CandidateReport['package'];
  readonly optIn: boolean | null;
  readonly status: CandidateReport['status'];
  readonly gates: CandidateReport['gates'];
  /** Whether the machine has what the backend needs, as far as can be told without starting it. */
  readonly available: 'yes' | 'no' | 'unknown';
  readonly devices: readonly DeviceV1[];
  readonly reasons: readonly Reason[];
}

/** `switchyard devices`: every device of every backend, available or not, and why. Starts nothing. */
export async function devices(invocation: Invocation, simulation: Simulation): Promise<number> {
  const { context, options } = invocation;
  const situation = await situationOf(invocation, simulation);
  const report = await explainHere(situation, invocation, simulation);
  if (statusOfSelection(report) === EXIT_STATUSES.usage.status) throw new SelectionError(report);
  const backends = report.candidates.map((candidate) => backendDevices(candidate, situation));
  if (options.json) {
    const document = { backends, warnings: report.warnings, host: report.host };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  const style = styleFor(context.stdout, context.environment, options.color);
  const rows = backends.flatMap((backend) => rowsOf(backend));
  const [head, ...lines] = table([['BACKEND', 'DEVICE', 'KIND', 'NAME', 'AVAILABLE', 'WHY'], ...rows])
    .trimEnd()
    .split('\n');
  context.stdout.write(`${[style('bold', head!), ...lines].join('\n')}\n`);
  for (const { message, remedy } of report.warnings) {
    context.stdout.write(
      `\n${style('yellow', 'warning:')} ${message}\n${remedy === null ? '' : `  -> ${remedy}\n`}`,
    );
  }
  return 0;
}

function backendDevices(candidate: CandidateReport, { input }: Situation): BackendDevices {
  const { backend, package: packaged, optIn, status, gates, reasons } = candidate;
  const known = input.known.find((one) => knownId(one) === backend);
  const asked = known?.state === 'installed' ? askPredicate(known.predicate, input.host) : null;
  const found = asked?.ok === true ? asked.answer.devices : [];
  const available =
    gates.installed === 'no' ||
    status === 'not-installed' ||
    gates.working === 'no' ||
    gates.eligible === 'no'
      ? 'no'
      : gates.eligible === 'yes'
        ? 'yes'
        : 'unknown';
  return { backend, package: packaged, optIn, status, gates, available, devices: found, reasons };
}

function rowsOf(backend: BackendDevices): (readonly string[])[] {
  const why = whyText(backend);
  if (backend.devices.length === 0) return [[backend.backend, '-', '-', '-', backend.available, why]];
  return backend.devices.map((device, index) => [
    index === 0 ? backend.backend : '',
    device.id,
    device.software === true ? `${device.kind}, emulated` : device.kind,
    device.name,
    backend.available,
    why,
  ]);
}

function whyText({ reasons, available, status }: BackendDevices): string {
  const about = reasons.filter((reason) => !NOT_ABOUT_MACHINE.includes(reason.code));
  const permission = reasons.find((reason) => ['opt-in-not-given', 'disabled-by-user'].includes(reason.code));
  const words = [
    ...(available === 'yes' && about.length === 0
      ? [status === 'selected' ? 'Selected.' : 'The machine has it; nothing was started to try it.']
      : about.map(({ message, remedy }) => withRemedy(message, remedy))),
    // The whole sentence of the backend is in `explain`; here it would hide the rest.
    ...(permission === undefined ? [] : [withRemedy(REASON_CODES[permission.code], permission.remedy)]),
  ];
  return words.join(' ') || 'Nothing is known about it.';
}

function withRemedy(message: string, remedy: string | null): string {
  return remedy === null ? message : `${message} -> ${remedy}`;
}
