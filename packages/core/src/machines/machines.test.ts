import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Fact, HostFacts } from '../host/host-facts.ts';
import { parseHostFacts } from '../host/parse-host-facts.ts';
import { MACHINE_NAMES, describeMachines, isMachineName, loadMachine } from './index.ts';

const folder = new URL('./', import.meta.url);
const schema = new URL('../../schemas/host-facts.schema.json', import.meta.url);
const validate: ValidateFunction = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schema, 'utf8')) as object,
);
const read = (name: string): string => readFileSync(new URL(`${name}.json`, folder), 'utf8');

function value<T>(fact: Fact<T>): T {
  if (!fact.known) throw new Error(`The fact is not known: ${fact.why}`);
  return fact.value;
}

/** Every fact in a document, with its path. */
function factsIn(node: unknown, path = ''): readonly { path: string; fact: Fact<unknown> }[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('known' in node) return [{ path, fact: node as Fact<unknown> }];
  return Object.entries(node).flatMap(([key, member]) =>
    factsIn(member, path === '' ? key : `${path}.${key}`),
  );
}

const libraryNames = (facts: HostFacts): readonly string[] =>
  value(facts.libraries).map((library) => library.name);
const cudaRuntime = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
];

describe('the shipped machines', () => {
  it('are the files of this folder', () => {
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.replace(/\.json$/, ''));
    expect(files.toSorted()).toEqual([...MACHINE_NAMES].toSorted());
  });

  it('are described in one line each, in the order of their names', () => {
    expect(describeMachines().map((machine) => machine.name)).toEqual(MACHINE_NAMES);
    for (const { description } of describeMachines()) expect(description).toMatch(/^\S[^\n]{9,99}[^.\s]$/);
  });

  it('are known by name and by nothing else', () => {
    for (const name of MACHINE_NAMES) expect(isMachineName(name)).toBe(true);
    for (const word of ['', 'linux', 'toString', 'linux-nvidia.json', 'LINUX-PLAIN']) {
      expect(isMachineName(word)).toBe(false);
    }
  });
});

describe.each(MACHINE_NAMES)('%s', (name) => {
  it('fits the schema and what parseHostFacts accepts', async () => {
    const facts = await loadMachine(name);
    expect(validate(facts), JSON.stringify(validate.errors)).toBe(true);
    expect(parseHostFacts(read(name), `${name}.json`)).toEqual(facts);
  });

  it('survives a round trip through JSON', async () => {
    const facts = await loadMachine(name);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  it('is frozen with everything inside it', async () => {
    const thawed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if (!Object.isFrozen(node)) thawed.push(path);
      for (const [key, member] of Object.entries(node)) visit(member, `${path}.${key}`);
    };
    visit(await loadMachine(name), '$');
    expect(thawed).toEqual([]);
  });

  it('says where every known fact comes from and why every other is not known', async () => {
    const facts = await loadMachine(name);
    const all = factsIn(facts);
    expect(all.length).toBe(23);
    for (const { path, fact } of all) {
      if (fact.known) expect(fact.source, path).toMatch(/^(documented|recorded): \S.{7,}$/);
      else expect(fact.why, path).toMatch(/^\S.{9,}[^.]$/);
    }
  });

  it('claims to be recorded only when every known fact was recorded', async () => {
    const facts = await loadMachine(name);
    const documented = factsIn(facts).filter(
      ({ fact }) => fact.known && fact.source.startsWith('documented: '),
    );
    expect(facts.provenance.kind).toBe(documented.length === 0 ? 'recorded' : 'documented');
  });

  it('agrees with itself', async () => {
    const facts = await loadMachine(name);
    const accelerators = value(facts.accelerators);
    const nvidia = accelerators.filter((device) => device.vendor === 'NVIDIA');
    if (facts.nvidia.gpus.known) {
      expect(facts.nvidia.gpus.value.map((gpu) => gpu.busId)).toEqual(nvidia.map((device) => device.busId));
      expect(value(facts.nvidia.driverVersion) === null).toBe(nvidia.length === 0);
    }
    const addresses = accelerators.map((device) => device.busId).filter((address) => address !== null);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(facts.libc.known).toBe(facts.os.platform === 'linux');
    if (facts.libraries.known) {
      for (const library of facts.libraries.value)
        expect(library.path.endsWith(`/${library.name}`)).toBe(true);
    }
    if (facts.cpu.logicalCores.known && facts.cpu.physicalCores.known) {
      expect(facts.cpu.logicalCores.value).toBeGreaterThanOrEqual(facts.cpu.physicalCores.value);
    }
  });
});

describe('what each machine is for', () => {
  it('Macs have Apple devices, or those of an Intel Mac', async () => {
    for (const name of ['mac-m4-max', 'mac-m1-macos13'] as const) {
      const facts = await loadMachine(name);
      expect(value(facts.accelerators).map(({ kind, vendor }) => `${vendor} ${kind}`)).toEqual([
        'Apple gpu',
        'Apple npu',
      ]);
      expect(facts.os.arch).toBe('arm64');
    }
    expect(value((await loadMachine('mac-m1-macos13')).os.version)).toMatch(/^13\./);
    expect(Number.parseInt(value((await loadMachine('mac-m4-max')).os.version), 10)).toBeGreaterThanOrEqual(
      14,
    );
    const intel = await loadMachine('mac-intel');
    expect(intel.os.arch).toBe('x64');
    expect(value(intel.accelerators).map((device) => device.vendor)).toEqual(['Intel', 'AMD']);
    expect(value(intel.environment.rosetta)).toBe(false);
  });

  it.each(['linux-nvidia', 'linux-intel-plus-nvidia', 'wsl2-nvidia'] as const)(
    '%s has a whole CUDA 12 and cuDNN 9',
    async (name) => {
      const names = libraryNames(await loadMachine(name));
      expect(names).toEqual(
        expect.arrayContaining([...cudaRuntime, 'libcudnn.so.9', 'libcuda.so.1', 'libnvidia-ml.so.1']),
      );
    },
  );

  it('linux-nvidia-driver-only has the driver and nothing of the CUDA runtime', async () => {
    const facts = await loadMachine('linux-nvidia-driver-only');
    expect(libraryNames(facts)).toContain('libcuda.so.1');
    for (const library of [...cudaRuntime, 'libcudnn.so.9'])
      expect(libraryNames(facts)).not.toContain(library);
    expect(value(facts.deviceNodes)).toContain('/dev/nvidia0');
  });

  it('linux-nvidia-container has the card on the bus and neither device nodes nor libcuda', async () => {
    const facts = await loadMachine('linux-nvidia-container');
    expect(value(facts.accelerators).some((device) => device.vendor === 'NVIDIA')).toBe(true);
    expect(value(facts.deviceNodes).filter((path) => path.startsWith('/dev/nvidia'))).toEqual([]);
    expect(libraryNames(facts)).toEqual(expect.arrayContaining(cudaRuntime));
    expect(libraryNames(facts)).not.toContain('libcuda.so.1');
    expect(value(facts.environment.container)).toBe('docker');
  });

  it('wsl2-nvidia has /dev/dxg, libcuda of WSL and no card of NVIDIA on the bus', async () => {
    const facts = await loadMachine('wsl2-nvidia');
    expect(value(facts.environment.wsl)).toBe(2);
    expect(value(facts.deviceNodes)).toEqual(['/dev/dxg']);
    expect(value(facts.libraries)).toContainEqual({
      name: 'libcuda.so.1',
      path: '/usr/lib/wsl/lib/libcuda.so.1',
    });
    expect(value(facts.accelerators).map((device) => device.vendor)).toEqual(['1414']);
    expect(facts.nvidia.driverVersion.known).toBe(false);
  });

  it.each(['linux-intel-igpu-npu', 'windows-intel'] as const)(
    '%s has graphics and an NPU of Intel',
    async (name) => {
      const devices = value((await loadMachine(name)).accelerators);
      expect(devices.map(({ kind, vendor }) => `${vendor} ${kind}`)).toEqual(['Intel gpu', 'Intel npu']);
    },
  );

  it('linux-intel-plus-nvidia has graphics of both makers', async () => {
    const devices = value((await loadMachine('linux-intel-plus-nvidia')).accelerators);
    expect(devices.map(({ vendor, driver }) => `${vendor} ${driver}`)).toEqual([
      'Intel i915',
      'NVIDIA nvidia',
    ]);
  });

  it('linux-lavapipe has software Vulkan and no device', async () => {
    const facts = await loadMachine('linux-lavapipe');
    expect(value(facts.vulkanDrivers).map((driver) => driver.software)).toEqual([true]);
    expect(value(facts.accelerators)).toEqual([]);
  });

  it('linux-plain and linux-alpine have nothing, and differ in their C library', async () => {
    const plain = await loadMachine('linux-plain');
    const alpine = await loadMachine('linux-alpine');
    for (const facts of [plain, alpine]) {
      expect(value(facts.accelerators)).toEqual([]);
      expect(value(facts.libraries)).toEqual([]);
      expect(value(facts.vulkanDrivers)).toEqual([]);
    }
    expect(value(plain.libc).flavour).toBe('glibc');
    expect(value(alpine.libc).flavour).toBe('musl');
  });

  it('the arm64 machines are arm64', async () => {
    expect((await loadMachine('linux-arm64')).os.arch).toBe('arm64');
    expect((await loadMachine('windows-arm64')).os.arch).toBe('arm64');
  });

  it('the Windows machines differ in their maker', async () => {
    expect(value((await loadMachine('windows-nvidia')).accelerators).map((device) => device.vendor)).toEqual([
      'NVIDIA',
    ]);
    expect(value((await loadMachine('windows-nvidia')).nvidia.driverVersion)).toBe('581.80');
    expect(value((await loadMachine('windows-amd')).accelerators).map((device) => device.vendor)).toEqual([
      'AMD',
    ]);
    expect(value((await loadMachine('windows-arm64')).accelerators).map((device) => device.vendor)).toEqual([
      'Qualcomm',
      'Qualcomm',
    ]);
  });
});

describe('docs/reference/machines.md', () => {
  const page = readFileSync(new URL('../../../../docs/reference/machines.md', import.meta.url), 'utf8');

  it.each(MACHINE_NAMES)('tells kind, sources and unknown facts of %s', async (name) => {
    const facts = await loadMachine(name);
    const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const unknown = factsIn(facts).flatMap(({ path, fact }) => (fact.known ? [] : [`\`${path}\``]));
    expect(rows.find((cells) => cells[1] === `\`${name}\``)?.slice(2, 5)).toEqual([
      facts.provenance.kind,
      facts.provenance.description,
      unknown.join(', '),
    ]);
    const section = page.split(`\n### \`${name}\`\n`)[1]?.split('\n### ')[0] ?? '';
    for (const { path, fact } of factsIn(facts))
      if (fact.known) expect(section, path).toContain(`- ${fact.source}\n`);
  });
});
