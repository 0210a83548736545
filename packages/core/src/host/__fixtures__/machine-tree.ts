import type { TreeEntries } from '../../testing/machine-tree.ts';
import type { ProcessView } from '../process-view.ts';

export { ldSoCacheBytes, machineTree, type TreeEntries } from '../../testing/machine-tree.ts';

/** A process on a machine of glibc 2.36 with four processors. */
export function testProcess(changes: Partial<ProcessView> = {}): ProcessView {
  return {
    arch: 'x64',
    nodeVersion: '24.1.0',
    napiVersion: '10',
    availableParallelism: () => 4,
    machine: () => 'x86_64',
    release: () => '6.1.0-18-amd64',
    glibcVersion: () => '2.36',
    cwd: () => '/home/me',
    ...changes,
  };
}

/** One device in `/sys/bus/pci/devices`. */
export function pciDevice(
  busId: string,
  ids: { readonly class: string; readonly vendor: string; readonly device: string; readonly driver?: string },
): TreeEntries {
  const path = `/sys/bus/pci/devices/${busId}`;
  const files: Record<string, string | { readonly link: string }> = {
    [`${path}/class`]: `0x${ids.class}\n`,
    [`${path}/vendor`]: `0x${ids.vendor}\n`,
    [`${path}/device`]: `0x${ids.device}\n`,
  };
  if (ids.driver !== undefined) files[`${path}/driver`] = { link: `../../../bus/pci/drivers/${ids.driver}` };
  return files;
}

/** The first bytes of a shared library for x64 (62) or arm64 (183). */
export function elfHeader(machine: number = 62): Uint8Array {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(header.buffer);
  view.setUint16(16, 3, true);
  view.setUint16(18, machine, true);
  return header;
}
