import { describe, expect, it } from 'vitest';
import { x64CpuInfo } from '../__fixtures__/linux-machines.ts';
import { machineTree, testProcess, type TreeEntries } from '../__fixtures__/machine-tree.ts';
import { known } from '../fact.ts';
import { MachineFiles } from '../machine-files.ts';
import { readLinuxVm } from './read-linux-vm.ts';

const GUEST = { '/proc/cpuinfo': x64CpuInfo(' hypervisor') };
const METAL = { '/proc/cpuinfo': x64CpuInfo() };
const CLOCKS = '/sys/devices/system/clocksource/clocksource0/available_clocksource';
const DMI = '/sys/class/dmi/id';

const CASES: readonly (readonly [string, string | null, TreeEntries])[] = [
  ['bare metal', null, METAL],
  ['a hypervisor that does not say its name', 'vm', GUEST],
  ['KVM by its clock', 'kvm', { ...GUEST, [CLOCKS]: 'kvm-clock tsc acpi_pm \n' }],
  ['QEMU with KVM', 'kvm', { ...GUEST, [CLOCKS]: 'kvm-clock tsc\n', [`${DMI}/sys_vendor`]: 'QEMU\n' }],
  ['QEMU alone', 'qemu', { ...GUEST, [CLOCKS]: 'tsc\n', [`${DMI}/sys_vendor`]: 'QEMU\n' }],
  ['VirtualBox', 'virtualbox', { ...GUEST, [`${DMI}/product_name`]: 'VirtualBox\n' }],
  [
    'Hyper-V',
    'hyperv',
    {
      ...GUEST,
      [`${DMI}/product_name`]: 'Virtual Machine\n',
      [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n',
    },
  ],
  [
    'a computer of Microsoft',
    null,
    { ...METAL, [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n', [`${DMI}/product_name`]: 'Surface\n' },
  ],
  [
    'EC2',
    'amazon',
    { ...GUEST, [`${DMI}/sys_vendor`]: 'Amazon EC2\n', [`${DMI}/product_name`]: 'g5.xlarge\n' },
  ],
  [
    'EC2 on metal',
    null,
    { ...METAL, [`${DMI}/sys_vendor`]: 'Amazon EC2\n', [`${DMI}/product_name`]: 'm5.metal\n' },
  ],
  ['a guest on a Mac', 'apple', { [`${DMI}/product_name`]: 'Apple Virtualization Generic Platform\n' }],
  ['KVM on arm64 by the device tree', 'kvm', { '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0' }],
];

describe('readLinuxVm', () => {
  it.each(CASES)('tells %s: %s', async (_what, expected, tree) => {
    await using machine = await machineTree(tree);
    const files = new MachineFiles(machine.root);
    const fact = await readLinuxVm({ files, process: testProcess(), environment: {} }, known(null, 'test'));
    expect(fact).toMatchObject({ known: true, value: expected });
  });
});
