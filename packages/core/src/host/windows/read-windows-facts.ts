import type { Systeminformation } from 'systeminformation';
import { known, unknown } from '../fact.ts';
import type { AcceleratorFacts, CpuFacts, Fact, OsFacts } from '../host-facts.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { ProcessView } from '../process-view.ts';
import type { SystemInformation } from './system-information.ts';
import { withinLimit, type Answer } from './within-limit.ts';

/** Milliseconds that each question to the library may take. */
const LIMIT_MS = 2000;

/** Reads a Windows machine through the `systeminformation` library. What it does not tell is not known. */
export async function readWindowsFacts(
  process: ProcessView,
  load: () => Promise<SystemInformation>,
  limitMs: number = LIMIT_MS,
): Promise<MachineFacts> {
  const ask = <T>(name: string, call: (library: SystemInformation) => Promise<T>): Promise<Answer<T>> =>
    withinLimit(`systeminformation.${name}()`, limitMs, async () => await call(await load()));
  const [os, cpu, memory, graphics] = await Promise.all([
    ask('osInfo', (library) => library.osInfo()),
    ask('cpu', (library) => library.cpu()),
    ask('mem', (library) => library.mem()),
    ask('graphics', (library) => library.graphics()),
  ]);
  return {
    os: readOs(process, os),
    libc: unknown('Windows has no choice of C libraries like that of Linux'),
    cpu: readCpu(process, cpu),
    memory: {
      totalBytes: numberOf(memory, 'mem', (data) => data.total),
      limitBytes: unknown('limits of job objects are not read'),
    },
    environment: {
      rosetta: known(false, 'the platform is win32'),
      wsl: known(null, 'the platform is win32'),
      container: unknown('containers are not looked for on Windows'),
      vm: unknown('virtual machines cannot be told from Windows with its own hypervisor switched on'),
    },
    accelerators: readAccelerators(graphics),
    deviceNodes: known([], 'Windows has no such device nodes'),
    nvidia: {
      driverVersion: unknown('the NVIDIA driver is not asked on Windows'),
      gpus: unknown('the NVIDIA driver is not asked on Windows'),
    },
    vulkanDrivers: unknown('Vulkan drivers are not looked for on Windows'),
    libraries: unknown('shared libraries are not looked for on Windows'),
  };
}

function readOs(process: ProcessView, answer: Answer<Systeminformation.OsData>): OsFacts {
  return {
    platform: 'win32',
    arch: process.arch,
    name: textOf(answer, 'osInfo', (data) => data.distro.replace(/^Microsoft /, '')),
    version: textOf(answer, 'osInfo', (data) => data.release),
    build: textOf(answer, 'osInfo', (data) => data.build),
    kernel: known(process.release(), 'os.release()'),
  };
}

function readCpu(process: ProcessView, answer: Answer<Systeminformation.CpuData>): CpuFacts {
  const vendor = textOf(answer, 'cpu', (data) => data.vendor);
  return {
    model: textOf(answer, 'cpu', (data) => `${data.manufacturer} ${data.brand}`.trim()),
    vendor,
    machineArch: readMachineArch(process.arch, vendor),
    logicalCores: known(process.availableParallelism(), 'os.availableParallelism()'),
    physicalCores: numberOf(answer, 'cpu', (data) => data.physicalCores),
    features: unknown('instruction sets are not read on Windows'),
  };
}

function readMachineArch(arch: string, vendor: Fact<string>): Fact<string> {
  if (arch === 'arm64') return known('arm64', 'process.arch, for no other Windows runs arm64 code');
  if (vendor.known && /^(GenuineIntel|AuthenticAMD)$/.test(vendor.value)) return known('x64', vendor.source);
  return unknown('an x64 process may be emulated on arm64, and the vendor of the processor does not tell');
}

function readAccelerators(answer: Answer<Systeminformation.GraphicsData>): Fact<readonly AcceleratorFacts[]> {
  if (!answer.ok) return unknown(answer.why);
  const controllers: unknown = answer.value?.controllers;
  if (!Array.isArray(controllers))
    return unknown('`systeminformation.graphics()` gave no list of controllers');
  const adapters = answer.value.controllers.map((controller): AcceleratorFacts => ({
    kind: 'gpu',
    vendor: vendorName(controller.vendor),
    vendorId: hexId(controller.vendorId),
    deviceId: hexId(controller.deviceId),
    busId: nonEmpty(controller.busAddress ?? controller.pciBus),
    name: nonEmpty(controller.model),
    driver: null,
    integrated: null,
  }));
  return known(adapters, 'systeminformation.graphics(), which lists display adapters and no NPUs');
}

function vendorName(text: string | undefined): string {
  const vendor = nonEmpty(text);
  if (vendor === null) return 'unknown';
  if (/\bnvidia\b/i.test(vendor)) return 'NVIDIA';
  if (/\bintel\b/i.test(vendor)) return 'Intel';
  return /\bAMD\b|advanced micro devices/i.test(vendor) ? 'AMD' : vendor;
}

function hexId(text: string | undefined): string | null {
  return /^(?:0x)?([0-9a-f]{4})$/i.exec(text ?? '')?.[1]?.toLowerCase() ?? null;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function textOf<T>(answer: Answer<T>, name: string, pick: (data: T) => string): Fact<string> {
  return pickFrom(answer, name, pick, (value) => typeof value === 'string' && value.trim() !== '');
}

function numberOf<T>(answer: Answer<T>, name: string, pick: (data: T) => number): Fact<number> {
  return pickFrom(answer, name, pick, (value) => typeof value === 'number' && value > 0);
}

function pickFrom<T, V>(
  answer: Answer<T>,
  name: string,
  pick: (data: T) => V,
  isThere: (value: V) => boolean,
): Fact<V> {
  if (!answer.ok) return unknown(answer.why);
  const value = pick(answer.value);
  // The library answers what it could not find out with an empty string or zero.
  return isThere(value)
    ? known(value, `systeminformation.${name}()`)
    : unknown(`\`systeminformation.${name}()\` left it empty`);
}
