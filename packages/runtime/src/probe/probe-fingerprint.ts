import { createHash } from 'node:crypto';
import type { ArtifactCheckV1, BackendV1, Fact, HostFacts, OptionValuesV1 } from '@switchyard/core';
import { readOriginFacts } from './origin-facts.ts';

export interface ProbeFingerprintInput {
  readonly backend: BackendV1;
  readonly host: HostFacts;
  /** (optional) What `doArtifacts` found. Default: nobody looked. */
  readonly artifacts?: readonly ArtifactCheckV1[];
  /** (optional) Options that the backend is opened with. Default: none. */
  readonly options?: OptionValuesV1;
}

/** Raised when the ladder itself changes, so that what an older one showed is not taken for what this one would. */
const LADDER = 1;

/**
 * Thirty-two hexadecimal digits that stand for everything that the outcome of a probe depends on: the backend,
 * its module and the packages it uses, the engine's version, the contract, files that are present, options,
 * drivers, devices, system libraries, operating system, C library, processor, Node, and the variables that
 * engines read. The amount of memory, the number of processors, the working directory, and how a fact was
 * obtained do not count.
 */
export async function probeFingerprint(input: ProbeFingerprintInput): Promise<string> {
  const { backend, host, artifacts = [], options = {} } = input;
  const { manifest, origin, specificationVersion } = backend;
  const parts = {
    ladder: LADDER,
    contract: specificationVersion,
    backend: manifest.id,
    package: manifest.package,
    engine: manifest.nativeGroup ?? null,
    origin: origin === undefined ? null : { ...origin, ...(await readOriginFacts(origin.module)) },
    artifacts: artifacts.map(({ name, present, problem }) => ({
      name,
      present,
      code: problem?.code ?? null,
    })),
    options,
    machine: machineOf(host),
  };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 32);
}

function machineOf(host: HostFacts): unknown {
  const { os, cpu, environment, nvidia } = host;
  return {
    os: [os.platform, os.arch, value(os.name), value(os.version), value(os.build), value(os.kernel)],
    libc: value(host.libc),
    node: [host.node.version, host.node.napi],
    cpu: [value(cpu.model), value(cpu.machineArch), sorted(cpu.features)],
    environment: [environment.rosetta, environment.wsl, environment.container, environment.vm].map((fact) =>
      value<unknown>(fact),
    ),
    nvidia: [value(nvidia.driverVersion), value(nvidia.gpus)],
    accelerators: sorted(host.accelerators),
    vulkan: sorted(host.vulkanDrivers),
    deviceNodes: sorted(host.deviceNodes),
    libraries: sorted(host.libraries),
    variables: host.variables,
  };
}

/** A fact's value; how it was obtained, or why it was not, changes nothing about the machine. */
function value<Value>(fact: Fact<Value>): { readonly value: Value } | null {
  return fact.known ? { value: fact.value } : null;
}

/** The order in which a bus or a directory lists things means nothing. */
function sorted(fact: Fact<readonly unknown[]>): readonly string[] | null {
  return fact.known ? fact.value.map((item) => canonicalJson(item)).toSorted() : null;
}

function canonicalJson(document: unknown): string {
  return JSON.stringify(document, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
