import type { EffectiveSetting, HostFacts, SelectionReport, SelectionWarning } from '@switchyard/core';
import type { BackendDiagnosis } from './diagnose-backend.ts';
import type { EngineCopy } from './find-engines.ts';
import type { SkippedScripts } from './skipped-scripts.ts';

/** What `switchyard doctor --json` prints; described in docs/reference/diagnostics.md. */
export interface Diagnosis {
  readonly schema: 1;
  /** `true` when a backend would be selected and no enabled one is broken. */
  readonly ok: boolean;
  /** The verdict in one sentence. */
  readonly summary: string;
  readonly version: string;
  /** The machine in one line. */
  readonly machine: string;
  readonly selected: SelectionReport['selected'];
  readonly refusal: SelectionReport['refusal'];
  readonly backends: readonly BackendDiagnosis[];
  readonly engines: readonly EngineCopy[];
  readonly skippedScripts: readonly SkippedScripts[];
  readonly settings: readonly EffectiveSetting[];
  readonly warnings: readonly SelectionWarning[];
  readonly host: HostFacts;
}

/** Warnings about what lies in the project, beyond those of selection. */
export function projectWarnings(
  backends: readonly BackendDiagnosis[],
  engines: readonly EngineCopy[],
  skipped: readonly SkippedScripts[],
): readonly SelectionWarning[] {
  const warnings: SelectionWarning[] = [];
  const versions = new Set(engines.map(({ version }) => version));
  if (versions.size > 1) {
    const list = engines.map(
      ({ version, path, ours }) => `${version} in \`${path}\`${ours ? ', which this program loads' : ''}`,
    );
    warnings.push({
      message: `Programs of this project can load ${versions.size} versions of onnxruntime-node, and one process can hold one: ${list.join('; ')}.`,
      remedy: 'Let the project depend on one version, or run the backends with --isolation process.',
    });
  }
  const without = backends.flatMap(({ backend, health, files }) => {
    const absent = files.filter(({ present, problem }) => !present && problem?.code === 'artifact-missing');
    return health === 'broken' && absent.length > 0
      ? [`\`${backend}\` (${absent.map(({ name }) => name).join(', ')})`]
      : [];
  });
  if (without.length > 0 && skipped.length > 0) {
    const why = skipped.map(({ what, where }) => `\`${what}\` (${where})`).join('; ');
    warnings.push({
      message: `Files that install scripts bring are missing for ${without.join(', ')}, and install scripts are skipped here: ${why}.`,
      remedy: 'Allow the install script of the package that is named, and install it again.',
    });
  }
  return warnings;
}

/** A machine in one line: system, processor, memory, Node. */
export function machineLine(facts: HostFacts): string {
  const { os, libc, cpu, memory, environment, node, accelerators } = facts;
  const gpus = accelerators.known
    ? accelerators.value.map(({ kind, name, vendor }) => `${kind} ${name ?? vendor}`)
    : [];
  return [
    `${os.name.known ? os.name.value : os.platform} ${os.version.known ? os.version.value : ''}`.trim(),
    `${os.platform} ${os.arch}`,
    ...(libc.known ? [`${libc.value.flavour} ${libc.value.version}`] : []),
    cpu.model.known ? cpu.model.value : 'unknown processor',
    ...(cpu.logicalCores.known ? [`${cpu.logicalCores.value} cores`] : []),
    ...(memory.totalBytes.known ? [`${(memory.totalBytes.value / 2 ** 30).toFixed(1)} GiB`] : []),
    ...(environment.container.known && environment.container.value !== null
      ? [`in ${environment.container.value}`]
      : []),
    ...gpus,
    `Node ${node.version}`,
  ].join(', ');
}
