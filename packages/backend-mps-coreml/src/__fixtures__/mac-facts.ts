import type { Fact, HostFacts } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';

export const M4_MAX: HostFacts = await loadMachine('mac-m4-max');

export function known<T>(value: T): Fact<T> {
  return { known: true, value, source: 'constructed for a test' };
}

export function notKnown(why: string = 'nobody looked'): Fact<never> {
  return { known: false, why };
}

export interface Parts {
  readonly platform?: string;
  readonly arch?: string;
  readonly version?: Fact<string>;
  readonly kernel?: Fact<string>;
  readonly rosetta?: Fact<boolean>;
  readonly machineArch?: Fact<string>;
  readonly vm?: Fact<string | null>;
  readonly model?: Fact<string>;
}

/** The machine `mac-m4-max` with some facts exchanged. */
export function macFacts(parts: Parts = {}): HostFacts {
  const base = M4_MAX;
  return {
    ...base,
    os: {
      ...base.os,
      platform: parts.platform ?? base.os.platform,
      arch: parts.arch ?? base.os.arch,
      version: parts.version ?? base.os.version,
      kernel: parts.kernel ?? base.os.kernel,
    },
    cpu: {
      ...base.cpu,
      model: parts.model ?? base.cpu.model,
      machineArch: parts.machineArch ?? base.cpu.machineArch,
    },
    environment: {
      ...base.environment,
      rosetta: parts.rosetta ?? base.environment.rosetta,
      vm: parts.vm ?? base.environment.vm,
    },
  };
}
