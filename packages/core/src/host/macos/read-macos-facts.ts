import { known, unknown } from '../fact.ts';
import type { Fact, OsFacts } from '../host-facts.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { ProcessView } from '../process-view.ts';
import { readMacosAccelerators } from './read-macos-accelerators.ts';
import { readMacosCpu, readRosetta } from './read-macos-cpu.ts';
import type { CommandResult, RunCommand } from './run-command.ts';
import { parseSysctl, requiredNumber, type Sysctl } from './sysctl.ts';

const KEYS: readonly string[] = [
  'machdep.cpu.brand_string',
  'machdep.cpu.vendor',
  'machdep.cpu.features',
  'machdep.cpu.leaf7_features',
  'hw.optional',
  'hw.memsize',
  'hw.physicalcpu',
  'hw.logicalcpu',
  'hw.model',
  'kern.osrelease',
  'kern.hv_vmm_present',
  'sysctl.proc_translated',
];

/** Milliseconds after which a command is ended. */
const LIMIT_MS = 2000;

/** Reads a Mac with `sysctl` and `sw_vers`, side by side, each ended after two seconds. */
export async function readMacosFacts(process: ProcessView, run: RunCommand): Promise<MachineFacts> {
  const [sysctlResult, versions] = await Promise.all([
    run('/usr/sbin/sysctl', KEYS, LIMIT_MS),
    run('/usr/bin/sw_vers', [], LIMIT_MS),
  ]);
  const sysctl = parseSysctl(sysctlResult);
  const cpu = readMacosCpu(sysctl, process.arch);
  const vm = readVm(sysctl);
  const silicon = cpu.model.known && cpu.model.value.startsWith('Apple ');
  return {
    os: readOs(process, sysctl, versions),
    libc: unknown('macOS has one C library, so there is nothing to tell apart'),
    cpu,
    memory: {
      totalBytes: requiredNumber(sysctl, 'hw.memsize'),
      limitBytes: known(null, 'macOS has no control groups'),
    },
    environment: {
      rosetta: readRosetta(sysctl, process.arch),
      wsl: known(null, 'the platform is darwin'),
      container: known(null, 'macOS runs no containers of its own kind'),
      vm,
    },
    accelerators: readMacosAccelerators(cpu.model, vm),
    deviceNodes: known([], 'macOS has no such device nodes'),
    nvidia: {
      driverVersion: silicon
        ? known(null, 'there is no NVIDIA driver for Apple silicon')
        : unknown('NVIDIA drivers are not looked for on macOS'),
      gpus: silicon
        ? known([], 'there is no NVIDIA driver for Apple silicon')
        : unknown('NVIDIA drivers are not looked for on macOS'),
    },
    vulkanDrivers: unknown('Vulkan drivers are not looked for on macOS'),
    libraries: unknown('shared libraries are not looked for on macOS'),
  };
}

function readOs(process: ProcessView, sysctl: Sysctl, versions: CommandResult): OsFacts {
  const field = (name: string): Fact<string> => {
    const value = new RegExp(`^${name}:\\s*(\\S.*?)\\s*$`, 'm').exec(versions.stdout)?.[1];
    if (value !== undefined) return known(value, 'sw_vers');
    return unknown(versions.failure ?? `sw_vers prints no ${name}`);
  };
  const kernel = sysctl.read('kern.osrelease');
  return {
    platform: 'darwin',
    arch: process.arch,
    name: field('ProductName'),
    version: field('ProductVersion'),
    build: field('BuildVersion'),
    kernel:
      kernel.known && kernel.value !== null
        ? known(kernel.value, kernel.source)
        : known(process.release(), 'os.release()'),
  };
}

function readVm(sysctl: Sysctl): Fact<string | null> {
  const present = sysctl.read('kern.hv_vmm_present');
  if (!present.known) return present;
  if (present.value === null) return unknown('sysctl has no kern.hv_vmm_present');
  if (present.value === '0') return known(null, present.source);
  const model = sysctl.read('hw.model');
  // The model that guests of Apple's Virtualization framework have: `VirtualMac2,1`.
  if (model.known && model.value?.startsWith('VirtualMac') === true) return known('apple', model.source);
  return known('vm', present.source);
}
