import { known, unknown } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import { commonFeatures, parseCpuInfo } from './cpu-info.ts';
import type { LinuxHost } from './linux-host.ts';

const DMI = '/sys/class/dmi/id';
const DMI_FILES = ['product_name', 'sys_vendor', 'board_vendor', 'bios_vendor'] as const;
const CLOCKS = '/sys/devices/system/clocksource/clocksource0/available_clocksource';
const DEVICE_TREE = '/proc/device-tree/hypervisor/compatible';

// What firmware tables say of themselves, in the order in which systemd-detect-virt(1) documents its answers.
const DMI_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bKVM\b|OpenStack|KubeVirt/, 'kvm'],
  [/Amazon EC2/, 'amazon'],
  [/Google Compute Engine/, 'google'],
  [/Apple Virtualization/, 'apple'],
  [/VMware|^VMW/m, 'vmware'],
  [/innotek GmbH|VirtualBox/, 'virtualbox'],
  [/\bXen\b/, 'xen'],
  [/Parallels/, 'parallels'],
  [/BHYVE/, 'bhyve'],
  [/Hyper-V/, 'hyperv'],
  [/QEMU|Bochs/, 'qemu'],
];

/** The hypervisor below this kernel, from the firmware's tables, paravirtual clocks and the processor's flag. */
export async function readLinuxVm(
  { files }: LinuxHost,
  wsl: Fact<1 | 2 | null>,
): Promise<Fact<string | null>> {
  if (wsl.known && wsl.value === 2) return known('hyperv', `WSL 2, ${wsl.source}`);
  const [cpuInfo, clocks, deviceTree, ...dmi] = await Promise.all([
    files.readText('/proc/cpuinfo'),
    files.readText(CLOCKS),
    files.readText(DEVICE_TREE),
    ...DMI_FILES.map((name) => files.readText(`${DMI}/${name}`)),
  ]);
  const features = cpuInfo.ok ? commonFeatures(parseCpuInfo(cpuInfo.value)) : null;
  const flagged = features?.includes('hypervisor') === true;
  const firmware = dmi.map((text) => (text.ok ? text.value.trim() : '')).join('\n');
  const byClock = clocks.ok ? hypervisorOfClocks(clocks.value) : null;
  const byFirmware = hypervisorOfFirmware(firmware);
  // EC2 gives the same vendor to metal instances and to guests; only guests have the flag or another product name.
  const metal = byFirmware === 'amazon' && /\.metal/.test(firmware);
  if (byFirmware !== null && !metal) {
    // QEMU is also what a guest of KVM is built by; the clock tells which it is.
    if (byFirmware === 'qemu' && byClock !== null) return known(byClock, CLOCKS);
    return known(byFirmware, DMI);
  }
  if (byClock !== null) return known(byClock, CLOCKS);
  if (deviceTree.ok) return known(/linux,kvm/.test(deviceTree.value) ? 'kvm' : 'vm', DEVICE_TREE);
  if (flagged) return known('vm', '/proc/cpuinfo, flag `hypervisor`');
  // Only x64 processors have the flag, so only there does its absence say something.
  const hasFlags = features?.includes('lm') === true;
  if (hasFlags) return known(null, '/proc/cpuinfo, no flag `hypervisor`');
  if (firmware.trim() !== '') return known(null, `${DMI} names no hypervisor`);
  return unknown(`neither ${DMI} nor ${DEVICE_TREE} nor the processor's flags tell`);
}

function hypervisorOfFirmware(firmware: string): string | null {
  if (/^Virtual Machine$/m.test(firmware) && /Microsoft/.test(firmware)) return 'hyperv';
  for (const [pattern, name] of DMI_NAMES) {
    if (pattern.test(firmware)) return name;
  }
  return null;
}

function hypervisorOfClocks(clocks: string): string | null {
  if (/\bkvm-clock\b/.test(clocks)) return 'kvm';
  if (/\bhyperv_clocksource/.test(clocks)) return 'hyperv';
  return /\bxen\b/.test(clocks) ? 'xen' : null;
}
