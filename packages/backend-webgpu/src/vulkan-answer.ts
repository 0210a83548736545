import {
  makeReason,
  type HostFacts,
  type PredicateAnswerV1,
  type Reason,
  type VulkanDriverFacts,
} from '@switchyard/core';
import { vulkanLibrary } from './vulkan-library.ts';
import { webgpuDevice } from './webgpu-device.ts';

const INSTALL =
  'Install a Vulkan driver: `sudo apt install mesa-vulkan-drivers` (AMD, Intel, and the emulation lavapipe) on ' +
  "Debian and Ubuntu; NVIDIA's own driver brings one, which a container gets with " +
  '`NVIDIA_DRIVER_CAPABILITIES=graphics,compute`.';
const DOCTOR = 'Run `switchyard doctor`, which tries the backend instead of reading about it.';

/** What the Vulkan drivers and the GPUs of a Linux machine mean together. */
export function vulkanAnswer(host: HostFacts): PredicateAnswerV1 {
  const { vulkanDrivers, accelerators } = host;
  if (!vulkanDrivers.known) {
    return {
      eligible: 'unknown',
      reasons: [
        makeReason(
          'device-unknown',
          withStop(`Which Vulkan drivers this machine has is not known: ${vulkanDrivers.why}`),
          { vulkanDrivers: vulkanDrivers.why },
          DOCTOR,
        ),
      ],
      devices: [],
    };
  }
  const gpus = accelerators.known ? accelerators.value.filter(({ kind }) => kind === 'gpu') : null;
  const usable = vulkanDrivers.value.filter((driver) => hasDevice(driver, gpus, host));
  if (usable.length === 0) return nothingUsable(vulkanDrivers.value, gpus);

  const software = softwareOf(usable, gpus !== null);
  const name = nameOf(usable, gpus);
  const integrated = software === false && gpus?.length === 1 ? gpus[0]!.integrated : null;
  return {
    eligible: 'yes',
    reasons: software === 'unknown' ? [ambiguous(usable)] : [],
    devices: [webgpuDevice(name, software, integrated ?? undefined)],
    blockers: loaderMissing(host),
  };
}

type Gpus = readonly {
  readonly vendor: string;
  readonly vendorId: string | null;
  readonly name: string | null;
  readonly integrated: boolean | null;
}[];

/** A driver without its hardware offers no device; one that needs none always does. */
function hasDevice({ library }: VulkanDriverFacts, gpus: Gpus | null, host: HostFacts): boolean {
  if (/dzn/.test(library)) return !host.environment.wsl.known || host.environment.wsl.value !== null;
  const { vendors } = vulkanLibrary(library);
  if (vendors === null || gpus === null) return true;
  return gpus.some(({ vendorId }) => vendorId !== null && vendors.includes(vendorId));
}

/** One value for all of them, because which one the engine takes cannot be said or chosen from here. */
function softwareOf(usable: readonly VulkanDriverFacts[], gpusKnown: boolean): boolean | 'unknown' {
  if (usable.every(({ software }) => software === true)) return true;
  return gpusKnown && usable.every(({ software }) => software === false) ? false : 'unknown';
}

function nameOf(usable: readonly VulkanDriverFacts[], gpus: Gpus | null): string {
  const names = usable.flatMap(({ library }) => {
    const { title, vendors } = vulkanLibrary(library);
    const own = (gpus ?? []).filter(
      ({ vendorId }) => vendorId !== null && vendors?.includes(vendorId) === true,
    );
    return own.length === 0 ? [title] : own.map(({ name, vendor }) => name ?? `${vendor} GPU`);
  });
  return [...new Set(names)].join(' or ');
}

function nothingUsable(drivers: readonly VulkanDriverFacts[], gpus: Gpus | null): PredicateAnswerV1 {
  const present = (gpus ?? []).map(({ name, vendor }) => name ?? `${vendor} GPU`);
  const installed = drivers.map(({ name }) => name);
  const evidence = { vulkanDrivers: installed, accelerators: present };
  const none = installed.length === 0;
  const reason =
    present.length > 0
      ? makeReason(
          'driver-mismatch',
          none
            ? `No Vulkan driver is installed for ${present.join(' and ')}.`
            : `None of the Vulkan drivers here (${installed.join(', ')}) is for ${present.join(' and ')}.`,
          evidence,
          INSTALL,
        )
      : makeReason(
          'hardware-absent',
          none
            ? 'No Vulkan driver is installed, and no GPU is listed on this machine.'
            : `The Vulkan drivers here (${installed.join(', ')}) are for GPUs, and none is listed on this machine.`,
          evidence,
          `${INSTALL} Without a GPU that gives an emulation, which runs only when it is named.`,
        );
  return { eligible: 'no', reasons: [reason], devices: [] };
}

function ambiguous(usable: readonly VulkanDriverFacts[]): Reason {
  return makeReason(
    'device-unknown',
    `Vulkan has ${usable.map(({ name }) => `\`${name}\``).join(', ')} here; which of them the engine takes, and whether that is hardware, is not known before it is opened.`,
    { vulkanDrivers: usable.map(({ name, library, software }) => ({ name, library, software })) },
    'Leave one driver: set `VK_DRIVER_FILES` to its manifest (such as `/usr/share/vulkan/icd.d/radeon_icd.json`), or leave the emulation out with `VK_LOADER_DRIVERS_DISABLE=lvp*`.',
  );
}

function loaderMissing({ libraries }: HostFacts): readonly Reason[] {
  if (!libraries.known || libraries.value.some(({ name }) => name.startsWith('libvulkan.so'))) return [];
  return [
    makeReason(
      'runtime-library-missing',
      'The Vulkan loader `libvulkan.so.1`, which the engine opens, was not found.',
      { libraries: libraries.value.map(({ name }) => name) },
      'Install it: `sudo apt install libvulkan1` on Debian and Ubuntu, `vulkan-loader` elsewhere.',
    ),
  ];
}

function withStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
