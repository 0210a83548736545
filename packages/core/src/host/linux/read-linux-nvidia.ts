import { known, unknown } from '../fact.ts';
import type { Fact, NvidiaFacts, NvidiaGpuFacts } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const VERSION = '/proc/driver/nvidia/version';
const MODULE_VERSION = '/sys/module/nvidia/version';
const GPUS = '/proc/driver/nvidia/gpus';

/** A GPU that the driver lists, without its index. */
export type NvidiaGpuInformation = Omit<NvidiaGpuFacts, 'index'>;

/** The NVIDIA kernel driver and its GPUs from `/proc`; in WSL 2 the driver is a part of Windows. */
export async function readLinuxNvidia(host: LinuxHost, wsl: Fact<1 | 2 | null>): Promise<NvidiaFacts> {
  const [driverVersion, gpus] = await Promise.all([readDriverVersion(host), readGpus(host)]);
  const empty = driverVersion.known && driverVersion.value === null && gpus.known && gpus.value.length === 0;
  if (empty && wsl.known && wsl.value !== null) {
    const why = 'under WSL the NVIDIA driver is a part of Windows and has no files here';
    return { driverVersion: unknown(why), gpus: unknown(why) };
  }
  return { driverVersion, gpus };
}

async function readDriverVersion({ files }: LinuxHost): Promise<Fact<string | null>> {
  const [version, module] = await Promise.all([files.readText(VERSION), files.readText(MODULE_VERSION)]);
  if (version.ok) {
    // `NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  …`; the open module writes `… for x86_64`.
    const found = /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(version.value)?.[1];
    if (found !== undefined) return known(found, VERSION);
  }
  if (module.ok) {
    const found = /^\d+(?:\.\d+)+$/.exec(module.value.trim())?.[0];
    if (found !== undefined) return known(found, MODULE_VERSION);
  }
  if (version.ok) return unknown(`${VERSION} has an unknown form`);
  if (!version.absent) return unknown(version.why);
  if (module.ok) return unknown(`${MODULE_VERSION} has an unknown form`);
  return module.absent ? known(null, `${VERSION} and ${MODULE_VERSION} do not exist`) : unknown(module.why);
}

async function readGpus(host: LinuxHost): Promise<Fact<readonly NvidiaGpuFacts[]>> {
  const listing = await host.files.list(GPUS);
  if (!listing.ok) return listing.absent ? known([], `${GPUS} does not exist`) : unknown(listing.why);
  const readings = await Promise.all(
    listing.value.map(async ({ name }) => ({
      name,
      text: await host.files.readText(`${GPUS}/${name}/information`),
    })),
  );
  const gpus: NvidiaGpuFacts[] = [];
  for (const { name, text } of readings) {
    if (!text.ok) return unknown(text.why);
    const gpu = parseInformation(text.value);
    if (gpu === null) return unknown(`${GPUS}/${name}/information names no model`);
    // Directories are named by PCI address, which is also the order in which `nvidia-smi` counts.
    gpus.push({ index: gpus.length, ...gpu });
  }
  return known(gpus, GPUS);
}

/** The driver's `information` file of one GPU: lines of `Label: <tabs> value`. */
function parseInformation(text: string): NvidiaGpuInformation | null {
  const field = (label: string): string | null =>
    new RegExp(`^${label}:[ \\t]*(\\S.*?)[ \\t]*$`, 'm').exec(text)?.[1] ?? null;
  const name = field('Model');
  if (name === null) return null;
  const uuid = field('GPU UUID');
  return {
    name,
    // Until the GPU is first used the driver writes question marks.
    uuid: uuid === null || uuid.includes('?') ? null : uuid,
    busId: field('Bus Location')?.toLowerCase() ?? null,
  };
}
