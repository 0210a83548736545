import { guarded, known } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { LinuxHost } from './linux-host.ts';
import { readLinuxAccelerators } from './read-linux-accelerators.ts';
import { readLinuxContainer } from './read-linux-container.ts';
import { readLinuxCpu } from './read-linux-cpu.ts';
import { readLinuxDeviceNodes } from './read-linux-device-nodes.ts';
import { readLibcFlavour, readLinuxLibc } from './read-linux-libc.ts';
import { readLinuxLibraries } from './read-linux-libraries.ts';
import { readLinuxMemory } from './read-linux-memory.ts';
import { readLinuxNvidia } from './read-linux-nvidia.ts';
import { readLinuxOs } from './read-linux-os.ts';
import { readLinuxVm } from './read-linux-vm.ts';
import { readLinuxVulkanDrivers } from './read-linux-vulkan-drivers.ts';
import { readLinuxWsl } from './read-linux-wsl.ts';

/** Reads a Linux machine from `/proc`, `/sys`, `/dev` and `/etc`. No process is started, nothing is loaded. */
export async function readLinuxFacts(host: LinuxHost): Promise<MachineFacts> {
  const flavour = await guarded(() => readLibcFlavour(host));
  // These wait for the thread pool, and longest; files of the kernel are read at once, while they wait.
  const librariesRead = guarded(() => readLinuxLibraries(host, flavour));
  const wslRead = guarded(() => readLinuxWsl(host));
  const vmRead = guarded(async () => readLinuxVm(host, await wslRead));
  const nvidiaRead = wslRead.then((facts) => readLinuxNvidia(host, facts));
  // Each starts once what it builds on is there: the slowest chain alone decides how long it takes.
  const [
    libraries,
    os,
    cpu,
    memory,
    wsl,
    container,
    deviceNodes,
    vulkanDrivers,
    vm,
    nvidia,
    accelerators,
    libc,
  ] = await Promise.all([
    librariesRead,
    readLinuxOs(host),
    readLinuxCpu(host),
    readLinuxMemory(host),
    wslRead,
    guarded(() => readLinuxContainer(host)),
    guarded(() => readLinuxDeviceNodes(host)),
    guarded(() => readLinuxVulkanDrivers(host)),
    vmRead,
    nvidiaRead,
    guarded(async () => {
      const { gpus } = await nvidiaRead;
      return readLinuxAccelerators(host, { vm: await vmRead, nvidia: gpus.known ? gpus.value : [] });
    }),
    guarded(() => readLinuxLibc(host, flavour)),
  ]);
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
