import { known, unknown } from '../fact.ts';
import type { CpuFacts, Fact } from '../host-facts.ts';
import { nodeArchOf } from '../process-view.ts';
import { armModel, armVendor } from './arm-processors.ts';
import { commonFeatures, parseCpuInfo, type CpuInfoBlock } from './cpu-info.ts';
import type { LinuxHost } from './linux-host.ts';

const CPU_INFO = '/proc/cpuinfo';
const CPUS = '/sys/devices/system/cpu';

/** The processor from `/proc/cpuinfo` (x64 and arm64 forms), its cores from there or from the topology in `/sys`. */
export async function readLinuxCpu(host: LinuxHost): Promise<CpuFacts> {
  const text = await host.files.readText(CPU_INFO);
  const blocks = text.ok ? parseCpuInfo(text.value) : [];
  const missing = text.ok ? `${CPU_INFO} does not say` : text.why;
  const features = commonFeatures(blocks);
  return {
    model: readModel(blocks, missing),
    vendor: readVendor(blocks, missing),
    machineArch: known(nodeArchOf(host.process.machine()), 'uname'),
    logicalCores: known(host.process.availableParallelism(), 'os.availableParallelism()'),
    physicalCores: await readPhysicalCores(host, blocks),
    features: features === null ? unknown(missing) : known(features, CPU_INFO),
  };
}

function readModel(blocks: readonly CpuInfoBlock[], missing: string): Fact<string> {
  const [first] = blocks;
  const name = first?.get('model name');
  if (name !== undefined && name !== '') return known(name, CPU_INFO);
  const parts = new Set(blocks.map((block) => `${block.get('CPU implementer')} ${block.get('CPU part')}`));
  const names = [...parts].map((pair) => {
    const [implementer = '', part = ''] = pair.split(' ');
    return armModel(implementer, part);
  });
  if (first?.has('CPU implementer') !== true) return unknown(missing);
  if (names.includes(null)) {
    return unknown(
      `${CPU_INFO} gives only numbers (implementer and part ${[...parts].join(', ')}) that have no name here`,
    );
  }
  return known(names.join(' + '), `${CPU_INFO}, implementer and part`);
}

function readVendor(blocks: readonly CpuInfoBlock[], missing: string): Fact<string> {
  const [first] = blocks;
  const vendor = first?.get('vendor_id');
  if (vendor !== undefined && vendor !== '') return known(vendor, CPU_INFO);
  const implementer = first?.get('CPU implementer');
  if (implementer === undefined) return unknown(missing);
  const name = armVendor(implementer);
  return name === null
    ? unknown(`${CPU_INFO} gives CPU implementer ${implementer}, which has no name here`)
    : known(name, `${CPU_INFO}, implementer`);
}

async function readPhysicalCores(host: LinuxHost, blocks: readonly CpuInfoBlock[]): Promise<Fact<number>> {
  const cores = new Set<string>();
  for (const block of blocks) {
    const core = block.get('core id');
    if (core !== undefined) cores.add(`${block.get('physical id') ?? '0'}:${core}`);
  }
  if (cores.size > 0) return known(cores.size, CPU_INFO);
  const listing = await host.files.list(CPUS);
  if (!listing.ok) return unknown(listing.why);
  const names = listing.value.map((entry) => entry.name).filter((name) => /^cpu\d+$/.test(name));
  const siblings = await Promise.all(names.map((name) => readSiblings(host, `${CPUS}/${name}/topology`)));
  // Processors that are offline have no topology.
  const distinct = new Set(siblings.filter((list) => list !== null));
  return distinct.size === 0
    ? unknown(`neither ${CPU_INFO} nor ${CPUS} describes the cores`)
    : known(distinct.size, `${CPUS}/cpu*/topology`);
}

async function readSiblings(host: LinuxHost, topology: string): Promise<string | null> {
  // `core_cpus_list` replaced `thread_siblings_list` in Linux 5.3; both name the threads of one core.
  for (const file of ['core_cpus_list', 'thread_siblings_list']) {
    const siblings = await host.files.readText(`${topology}/${file}`);
    if (siblings.ok && siblings.value.trim() !== '') return siblings.value.trim();
  }
  return null;
}
