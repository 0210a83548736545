import {
  makeReason,
  type AcceleratorFacts,
  type DeviceV1,
  type HostFacts,
  type Reason,
} from '@switchyard/core';
import { nameGpus } from './openvino-gpu-names.ts';

/** Intel devices that OpenVINO would list, and why the others are left out. */
export interface OpenvinoAccelerators {
  /** Discrete GPUs, other GPUs, NPUs. */
  readonly devices: readonly DeviceV1[];
  /** One reason for everything that is there but not usable, or not known. */
  readonly reasons: readonly Reason[];
}

const GPU_REMEDY =
  'Install the Intel graphics driver (on Linux the `i915` or `xe` kernel driver and the packages `ocl-icd-libopencl1` and `intel-opencl-icd`), and give this process access to `/dev/dri/renderD*`.';
const NPU_REMEDY =
  'Install the Intel NPU driver (Linux kernel 6.6 or newer with `intel_vpu`, and the Level Zero packages of its release), and give this process access to `/dev/accel/accel0`.';

function isIntel(device: AcceleratorFacts): boolean {
  return device.vendor.toLowerCase() === 'intel' || device.vendorId?.toLowerCase() === '8086';
}

/**
 * What the Linux plugins need outside npm: a kernel driver, its device node and a library of the
 * system ("Configurations for Intel GPU" and "Configurations for Intel NPU" in docs.openvino.ai/2026).
 */
const NEEDS = {
  gpu: {
    drivers: ['i915', 'xe'],
    node: '/dev/dri/renderD',
    library: { pattern: /^libOpenCL\.so/, words: 'the OpenCL loader `libOpenCL.so.1`' },
    remedy: GPU_REMEDY,
    word: 'GPU',
  },
  npu: {
    drivers: ['intel_vpu'],
    node: '/dev/accel/accel',
    library: {
      pattern: /^libze_intel_(npu|vpu)\.so/,
      words: 'the NPU driver library `libze_intel_npu.so.1`',
    },
    remedy: NPU_REMEDY,
    word: 'NPU',
  },
} as const;

/** Why an Intel device cannot be used from this process, or `null` when nothing speaks against it. */
function obstacle(device: AcceleratorFacts, index: number, host: HostFacts): Reason | null {
  if (host.os.platform !== 'linux') return null;
  const needs = NEEDS[device.kind];
  const title = device.name ?? `Intel ${needs.word}`;
  const evidence = [{ path: `accelerators.${index}.driver`, value: device.driver }];
  if (!needs.drivers.some((driver) => driver === device.driver)) {
    const found =
      device.driver === null
        ? 'no kernel driver is bound to it'
        : `its kernel driver is \`${device.driver}\``;
    return makeReason(
      'driver-mismatch',
      `\`${title}\` is not offered: OpenVINO needs ${needs.drivers.map((name) => `\`${name}\``).join(' or ')}, and ${found}.`,
      evidence,
      needs.remedy,
    );
  }
  if (!host.deviceNodes.known) {
    return makeReason(
      'device-unknown',
      `\`${title}\` is not offered: whether this process can reach it is not known (${host.deviceNodes.why}).`,
      [{ path: 'deviceNodes', value: host.deviceNodes.why }],
      'Name the device with `--device` if it is usable, or probe with `switchyard doctor`.',
    );
  }
  if (!host.deviceNodes.value.some((node) => node.startsWith(needs.node))) {
    return makeReason(
      'hardware-absent',
      `\`${title}\` is not offered: there is no \`${needs.node}*\` that this process can see.`,
      [...evidence, { path: 'deviceNodes', value: host.deviceNodes.value }],
      needs.remedy,
    );
  }
  const { libraries } = host;
  if (!libraries.known || libraries.value.some((library) => needs.library.pattern.test(library.name)))
    return null;
  return makeReason(
    'runtime-library-missing',
    `\`${title}\` is not offered: ${needs.library.words} was not found.`,
    [{ path: 'libraries', value: libraries.value.map((library) => library.name) }],
    needs.remedy,
  );
}

/** Looks for Intel GPUs and NPUs in the host facts. Pure; unknown facts become reasons. */
export function findAccelerators(host: HostFacts): OpenvinoAccelerators {
  // openvino-node for macOS has the CPU plugin only ("System Requirements": no GPU or NPU on macOS).
  if (host.os.platform === 'darwin') return { devices: [], reasons: [] };
  const reasons: Reason[] = [];
  if (host.deviceNodes.known && host.deviceNodes.value.includes('/dev/dxg')) {
    const evidence = [{ path: 'deviceNodes', value: '/dev/dxg' }];
    const remedy =
      'Run `switchyard doctor` to probe, or name the device: `--backend openvino --device openvino:GPU`.';
    reasons.push(
      makeReason(
        'device-unknown',
        'Inside WSL 2 an Intel GPU is reached through `/dev/dxg`, and the host facts do not tell which GPU that is.',
        evidence,
        remedy,
      ),
    );
  }
  if (!host.accelerators.known) {
    const { why } = host.accelerators;
    const evidence = [{ path: 'accelerators', value: why }];
    reasons.push(
      makeReason(
        'device-unknown',
        `Intel GPUs and NPUs are not known: ${why}.`.replace(/\.\.$/, '.'),
        evidence,
        'Run `switchyard doctor` to probe for them.',
      ),
    );
    return { devices: [], reasons };
  }
  const usable: AcceleratorFacts[] = [];
  for (const [index, device] of host.accelerators.value.entries()) {
    if (!isIntel(device)) continue;
    const problem = obstacle(device, index, host);
    if (problem === null) usable.push(device);
    else reasons.push(problem);
  }
  const npu = usable.find((device) => device.kind === 'npu');
  const npus: DeviceV1[] =
    npu === undefined
      ? []
      : [
          {
            id: 'openvino:NPU',
            name: npu.name ?? 'Intel NPU',
            kind: 'npu',
            software: false,
            integrated: true,
          },
        ];
  return { devices: [...nameGpus(usable.filter((device) => device.kind === 'gpu')), ...npus], reasons };
}
