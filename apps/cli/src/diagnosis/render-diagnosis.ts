import type { ProbeLevel } from '@switchyard/runtime';
import type { Invocation } from '../situation.ts';
import { ageText } from '../terminal/age.ts';
import { styleFor, type Style } from '../terminal/style.ts';
import type { BackendDiagnosis, Health } from './diagnose-backend.ts';
import type { Diagnosis } from './diagnosis.ts';

const COLORS: Readonly<Record<Health, 'green' | 'red' | 'yellow' | 'dim'>> = {
  works: 'green',
  broken: 'red',
  unavailable: 'dim',
  unproven: 'yellow',
  disabled: 'dim',
  'not-installed': 'dim',
  'not-listed': 'yellow',
};

/** A diagnosis as text. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  { context, options }: Pick<Invocation, 'context' | 'options'>,
): string {
  const style = styleFor(context.stdout, context.environment, options.color);
  const { machine, version, backends, engines, warnings, ok, summary } = diagnosis;
  const copies = engines.map(
    (copy) => `onnxruntime-node ${copy.version}${copy.ours ? '' : ' (of the project)'}: ${copy.path}\n`,
  );
  return [
    `switchyard ${version} on ${machine}\n`,
    ...copies,
    ...backends.map((backend) => `\n${renderBackend(backend, style)}`),
    ...warnings.map(
      ({ message, remedy }) =>
        `\n${style('yellow', 'warning:')} ${message}\n${remedy === null ? '' : `  ${style('cyan', `-> ${remedy}`)}\n`}`,
    ),
    `\n${style(ok ? 'green' : 'red', ok ? 'Well.' : 'Not well.')} ${summary}\n`,
  ].join('');
}

function renderBackend(diagnosis: BackendDiagnosis, style: Style): string {
  const { backend, health, problem, package: packaged, optIn, enabled, hardware, probe, todo } = diagnosis;
  const version = packaged.version === null ? '' : `@${packaged.version}`;
  const permission = enabled ? 'enabled' : optIn === true ? 'opt-in, not enabled' : 'not enabled';
  return [
    `${style('bold', backend)}: ${style(COLORS[health], health.replace('-', ' '))}  ${style('dim', `[${packaged.name}${version}, ${permission}]`)}\n`,
    ...(problem === null ? [] : [line('why', `${problem.code}: ${problem.message}`)]),
    ...hardware.devices.map(({ id, name, kind, software }) =>
      line('device', `${id} (${name}), ${kind}${software === true ? ', an emulation on the CPU' : ''}`),
    ),
    ...(hardware.eligible === 'no' ? [] : filesAndLibraries(diagnosis)),
    ...(probe.state === 'skipped'
      ? health === 'not-installed' || health === 'unavailable'
        ? []
        : [line('probe', `not run: ${probe.why}`)]
      : [
          line(
            'probe',
            `${probe.status === 'ok' ? 'worked' : probe.status} in ${duration(probe.durationMs)}${probe.state === 'remembered' ? `, ${ageText(Date.now() - Date.parse(probe.when))}` : ''}: ${probe.levels.map((level) => levelText(level)).join(', ')}`,
          ),
          ...(problem?.message === probe.summary ? [] : [line('', probe.summary)]),
          ...(probe.signal === null ? [] : [line('signal', probe.signal)]),
        ]),
    ...todo.map((step) => `  ${style('cyan', `-> ${step}`)}\n`),
  ].join('');
}

function filesAndLibraries({ files, libraries }: BackendDiagnosis): readonly string[] {
  const absent = files.filter(({ present }) => !present);
  return [
    ...(files.length === 0
      ? []
      : [line('files', `${files.length - absent.length} of ${files.length} there`)]),
    ...absent.map(({ name, problem }) => line('', `${name}: ${problem?.message ?? 'absent'}`)),
    ...libraries.map(({ code, message }) => line('library', `${code}: ${message}`)),
  ];
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(9)}${text}\n`;
}

function levelText({ level, device, status, durationMs }: ProbeLevel): string {
  const on = device === null ? '' : ` on ${device}`;
  return `${level}${on} ${status === 'ok' ? '' : `${status} `}${duration(durationMs)}`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1 ? '<1 ms' : `${milliseconds.toFixed(0)} ms`;
}
