import { known, unknown } from '../fact.ts';
import type { AcceleratorFacts, Fact } from '../host-facts.ts';
import { pciVendorName } from '../pci-vendors.ts';
import type { LinuxHost } from './linux-host.ts';
import type { NvidiaGpuInformation } from './read-linux-nvidia.ts';

const DEVICES = '/sys/bus/pci/devices';
// Drivers of neural processors whose PCI class says something else (AMD's say "signal processing").
const NPU_DRIVERS: ReadonlySet<string> = new Set(['amdxdna', 'intel_vpu', 'habanalabs', 'qaic']);

/** What else is known and helps to describe a PCI device. */
export interface AcceleratorContext {
  readonly vm: Fact<string | null>;
  readonly nvidia: readonly NvidiaGpuInformation[];
}

/**
 * Display controllers (PCI class 03) and processing accelerators (class 12). GPUs that are not on PCI, as
 * on many ARM boards, are not listed and not guessed at.
 */
export async function readLinuxAccelerators(
  host: LinuxHost,
  context: AcceleratorContext,
): Promise<Fact<readonly AcceleratorFacts[]>> {
  const listing = await host.files.list(DEVICES);
  if (!listing.ok) {
    const mounted = listing.absent ? await host.files.exists('/sys/bus') : listing;
    return mounted.ok
      ? known([], `/sys/bus, which has no PCI; devices on other buses are not looked for`)
      : unknown(listing.why);
  }
  const problems: string[] = [];
  const devices = await Promise.all(
    listing.value.map((entry) => readDevice(host, entry.name, context, problems)),
  );
  const found = devices.filter((device) => device !== null);
  if (problems.length > 0 && found.length === 0) return unknown(problems.toSorted().join('; '));
  const remark = problems.length === 0 ? '' : ` (left out: ${problems.toSorted().join('; ')})`;
  return known(found, DEVICES + remark);
}

async function readDevice(
  host: LinuxHost,
  busId: string,
  context: AcceleratorContext,
  problems: string[],
): Promise<AcceleratorFacts | null> {
  const path = `${DEVICES}/${busId}`;
  const pciClass = await readId(host, `${path}/class`, problems);
  if (pciClass === null || !/^(03|12|1180)/.test(pciClass)) return null;
  const [vendorId, deviceId, link] = await Promise.all([
    readId(host, `${path}/vendor`, problems),
    readId(host, `${path}/device`, problems),
    host.files.linkName(`${path}/driver`),
  ]);
  if (vendorId === null || deviceId === null) return null;
  const driver = link.ok ? link.value : null;
  if (pciClass.startsWith('1180') && !(driver !== null && NPU_DRIVERS.has(driver))) return null;
  const kind = kindOf(pciClass, vendorId, driver);
  return {
    kind,
    vendor: pciVendorName(vendorId),
    vendorId,
    deviceId,
    busId,
    name: context.nvidia.find((gpu) => gpu.busId === busId)?.name ?? null,
    driver,
    integrated: integratedOf({ kind, vendorId, busId }, context.vm, host.process.arch),
  };
}

async function readId(host: LinuxHost, path: string, problems: string[]): Promise<string | null> {
  const text = await host.files.readText(path);
  const digits = text.ok ? /^0x([0-9a-f]{4,6})$/i.exec(text.value.trim())?.[1] : undefined;
  if (digits === undefined) {
    problems.push(text.ok ? `${path} is not a hexadecimal number` : text.why);
    return null;
  }
  return digits.toLowerCase();
}

function kindOf(pciClass: string, vendorId: string, driver: string | null): 'gpu' | 'npu' {
  if (pciClass.startsWith('03')) return 'gpu';
  // AMD's Instinct GPUs have the class of processing accelerators; its neural processors have vendor 1022.
  return vendorId === '1002' && driver !== 'amdxdna' ? 'gpu' : 'npu';
}

/**
 * Only what the bus settles: Intel's graphics sit at 00:02.0 and its neural processors on bus 0, AMD's
 * neural processors (vendor 1022) in the processor, and NVIDIA makes no integrated GPU for x64. Inside a
 * virtual machine addresses mean nothing, and AMD's integrated and discrete GPUs look alike: not known.
 */
function integratedOf(
  device: { readonly kind: 'gpu' | 'npu'; readonly vendorId: string; readonly busId: string },
  vm: Fact<string | null>,
  arch: string,
): boolean | null {
  if (device.vendorId === '10de') return arch === 'x64' ? false : null;
  if (!vm.known || vm.value !== null) return null;
  if (device.vendorId === '1022' && device.kind === 'npu') return true;
  if (device.vendorId !== '8086') return null;
  if (device.kind === 'npu') return device.busId.startsWith('0000:00:') ? true : null;
  if (device.busId === '0000:00:02.0') return true;
  return device.busId.startsWith('0000:00:') ? null : false;
}
