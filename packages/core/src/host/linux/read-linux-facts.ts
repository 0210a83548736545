import { guarded, known } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { LinuxHost } from './linux-host.ts';
import { readLinuxAccelerators } from './read-linux-accelerators.ts';
import { readLinuxContainer } from './read-linux-container.ts';
import { readLinuxCpu } from './read-linux-cpu.ts';
import { readLinuxDeviceNodes } from './read-linux-device-nodes.ts';
import { readLinuxLibc } from './read-linux-libc.ts';
import { readLinuxLibraries } from './read-linux-libraries.ts';
import { readLinuxMemory } from './read-linux-memory.ts';
import { readLinuxNvidia } from './read-linux-nvidia.ts';
import { readLinuxOs } from './read-linux-os.ts';
import { readLinuxVm } from './read-linux-vm.ts';
import { readLinuxVulkanDrivers } from './read-linux-vulkan-drivers.ts';
import { readLinuxWsl } from './read-linux-wsl.ts';

/** Reads a Linux machine from `/proc`, `/sys`, `/dev` and `/etc`. No process is started, nothing is loaded. */
export async function readLinuxFacts(host: LinuxHost): Promise<MachineFacts> {
  const libcRead = guarded(() => readLinuxLibc(host));
  const wslRead = guarded(() => readLinuxWsl(host));
  // Each starts once what it builds on is there: the slowest chain alone decides how long it takes.
  const [os, cpu, memory, libc, wsl, container, deviceNodes, vulkanDrivers, libraries, vm, nvidia] =
    await Promise.all([
      readLinuxOs(host),
      readLinuxCpu(host),
      readLinuxMemory(host),
      libcRead,
      wslRead,
      guarded(() => readLinuxContainer(host)),
      guarded(() => readLinuxDeviceNodes(host)),
      guarded(() => readLinuxVulkanDrivers(host)),
      guarded(async () => readLinuxLibraries(host, await libcRead)),
      guarded(async () => readLinuxVm(host, await wslRead)),
      wslRead.then((facts) => readLinuxNvidia(host, facts)),
    ]);
  const listed = nvidia.gpus.known ? nvidia.gpus.value : [];
  const accelerators = await guarded(() => readLinuxAccelerators(host, { vm, nvidia: listed }));
  const rosetta: Fact<boolean> = known(
    false,
    'the platform is linux; translation inside a Linux virtual machine on a Mac is not looked for',
  );
  return {
    os,
    libc,
    cpu,
    memory,
    environment: { rosetta, wsl, container, vm },
    accelerators,
    deviceNodes,
    nvidia,
    vulkanDrivers,
    libraries,
  };
}
