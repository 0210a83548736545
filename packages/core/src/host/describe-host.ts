import type { AcceleratorFacts, Fact, HostFacts } from './host-facts.ts';

/**
 * The facts as text for people: a heading per subject, one line per fact, the source of a value in square
 * brackets, and `unknown (why)` for the rest. No colours; ends without a line break.
 */
export function describeHost(facts: HostFacts): string {
  const { os, cpu, memory, environment, nvidia } = facts;
  return [
    section('System', [
      line('platform', `${os.platform} ${os.arch}`),
      fact('name', os.name, String),
      fact('version', os.version, String),
      fact('build', os.build, String),
      fact('kernel', os.kernel, String),
      fact('C library', facts.libc, (libc) => `${libc.flavour} ${libc.version}`),
      line('Node', `${facts.node.version}, Node-API ${facts.node.napi}`),
    ]),
    section('Processor', [
      fact('model', cpu.model, String),
      fact('vendor', cpu.vendor, String),
      fact('architecture', cpu.machineArch, String),
      fact('logical cores', cpu.logicalCores, String),
      fact('physical cores', cpu.physicalCores, String),
      fact('features', cpu.features, (features) => features.join(' ')),
    ]),
    section('Memory', [
      fact('total', memory.totalBytes, formatBytes),
      fact('limit', memory.limitBytes, (limit) => (limit === null ? 'none' : formatBytes(limit))),
    ]),
    section('Environment', [
      fact('Rosetta', environment.rosetta, (rosetta) => (rosetta ? 'yes' : 'no')),
      fact('WSL', environment.wsl, (wsl) => (wsl === null ? 'no' : String(wsl))),
      fact('container', environment.container, (container) => container ?? 'none'),
      fact('virtual machine', environment.vm, (vm) => vm ?? 'none'),
    ]),
    section('Accelerators', [
      list('devices', facts.accelerators, describeAccelerator),
      list('device nodes', facts.deviceNodes, String),
    ]),
    section('NVIDIA', [
      fact('driver', nvidia.driverVersion, (version) => version ?? 'none'),
      list('GPUs', nvidia.gpus, (gpu) =>
        [`${gpu.index}: ${gpu.name}`, gpu.busId, gpu.uuid].filter(Boolean).join(', '),
      ),
    ]),
    section('Vulkan', [
      list(
        'drivers',
        facts.vulkanDrivers,
        (driver) => `${driver.name}: ${driver.library}, ${softwareText(driver.software)}`,
      ),
    ]),
    section('Libraries', [list('found', facts.libraries, (library) => `${library.name}: ${library.path}`)]),
    section('Variables', variableLines(facts.variables)),
    section('Provenance', [line(facts.provenance.kind, facts.provenance.description)]),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n');
}

function line(label: string, text: string): string {
  return `  ${label}: ${text}`;
}

function fact<T>(label: string, value: Fact<T>, format: (known: T) => string): string {
  return line(label, value.known ? `${format(value.value)} [${value.source}]` : `unknown (${value.why})`);
}

function list<T>(label: string, value: Fact<readonly T[]>, format: (known: T) => string): string {
  if (!value.known || value.value.length === 0) return fact(label, value, () => 'none');
  const items = value.value.map((item) => `\n    ${format(item)}`).join('');
  return `${line(label, `${value.value.length} [${value.source}]`)}${items}`;
}

function describeAccelerator(device: AcceleratorFacts): string {
  const ids =
    device.vendorId === null || device.deviceId === null ? null : `${device.vendorId}:${device.deviceId}`;
  const shared = device.integrated === null ? null : device.integrated ? 'integrated' : 'discrete';
  const driver = device.driver === null ? 'no driver' : `driver ${device.driver}`;
  // Only buses tell which driver is bound.
  const bound = device.busId === null ? null : driver;
  const title = `${device.kind} ${device.name ?? device.vendor}`;
  return [title, ids, device.busId, bound, shared].filter((part) => part !== null).join(', ');
}

function softwareText(software: boolean | 'unknown'): string {
  if (software === 'unknown') return 'software or hardware unknown';
  return software ? 'software' : 'hardware';
}

function variableLines(variables: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.keys(variables).toSorted();
  return names.length === 0 ? ['  none set'] : names.map((name) => `  ${name}=${variables[name] ?? ''}`);
}

function formatBytes(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
