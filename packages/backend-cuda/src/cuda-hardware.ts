import {
  makeReason,
  type AcceleratorFacts,
  type HostFacts,
  type NvidiaGpuFacts,
  type Reason,
} from '@switchyard/core';
import { installCommand } from './install-commands.ts';
import { describeSeen, gpusOf, isNvidiaGpu, nvidiaNodes, type CudaGpu } from './nvidia-gpus.ts';
import { CONTAINER_REMEDY, DOCTOR_REMEDY } from './remedies.ts';
import { isWslWithoutNvidiaNodes, wslHardware } from './wsl-hardware.ts';

/** What the facts say about NVIDIA hardware, before `CUDA_VISIBLE_DEVICES`. */
export type CudaHardware =
  | {
      readonly seen: 'yes';
      readonly gpus: readonly CudaGpu[];
      /** Whether `gpus` is known to be all of them. */
      readonly counted: boolean;
      /** Whether a driver, whose libraries can be expected, is there. */
      readonly driver: boolean;
      readonly notes: readonly Reason[];
      readonly blockers: readonly Reason[];
    }
  | { readonly seen: 'no' | 'unknown'; readonly reasons: readonly Reason[] };

/** Looks for an NVIDIA GPU that this process can reach. A toolkit folder or variable is never taken for one. */
export function cudaHardware(host: HostFacts): CudaHardware {
  if (isWslWithoutNvidiaNodes(host)) return wslHardware(host);
  const listed = host.nvidia.gpus.known ? host.nvidia.gpus.value : [];
  const onBus = host.accelerators.known ? host.accelerators.value.filter(isNvidiaGpu) : [];
  if (listed.length === 0 && onBus.length === 0) return nothingFound(host);
  return nativeHardware(host, listed, onBus);
}

function nothingFound(host: HostFacts): CudaHardware {
  const { accelerators, nvidia, deviceNodes } = host;
  const nodes = nvidiaNodes(host);
  if (accelerators.known && (!host.environment.wsl.known ? deviceNodes.known : true))
    return {
      seen: 'no',
      reasons: [
        makeReason(
          'hardware-absent',
          'There is no NVIDIA GPU on the bus, and no NVIDIA driver lists one.',
          {
            accelerators: accelerators.value,
            'nvidia.gpus': nvidia.gpus.known ? nvidia.gpus.value : nvidia.gpus.why,
          },
          'Run on a machine with an NVIDIA GPU, or choose a backend that this machine can run, for instance ' +
            '`--backend cpu`.',
        ),
      ],
    };
  const accelerator = accelerators.known
    ? 'the bus lists no NVIDIA GPU, which proves nothing under WSL'
    : `the accelerators on the bus are not known (${accelerators.why})`;
  const driver = nvidia.gpus.known
    ? 'the NVIDIA driver lists no GPU'
    : `the GPUs of the NVIDIA driver are not known (${nvidia.gpus.why})`;
  return {
    seen: 'unknown',
    reasons: [
      makeReason(
        'device-unknown',
        `Whether there is an NVIDIA GPU is not known: ${accelerator}, and ${driver}.`,
        { deviceNodes: nodes ?? (deviceNodes.known ? [] : deviceNodes.why) },
        DOCTOR_REMEDY,
      ),
    ],
  };
}

function nativeHardware(
  host: HostFacts,
  listed: readonly NvidiaGpuFacts[],
  onBus: readonly AcceleratorFacts[],
): CudaHardware {
  const nodes = nvidiaNodes(host);
  const { driverVersion } = host.nvidia;
  const foreign = onBus.filter(({ driver }) => driver !== null && driver !== 'nvidia');
  const loaded =
    listed.length > 0 ||
    (driverVersion.known && driverVersion.value !== null) ||
    onBus.some(({ driver }) => driver === 'nvidia');
  const container = host.environment.container;
  const seen = describeSeen(listed, onBus);
  const evidence = {
    accelerators: onBus,
    'nvidia.driverVersion': driverVersion.known ? driverVersion.value : driverVersion.why,
    deviceNodes: nodes ?? 'not known',
    'environment.container': container.known ? container.value : container.why,
  };
  if (nodes?.length === 0 && inContainer(host) && (loaded || foreign.length === 0))
    return {
      seen: 'no',
      reasons: [
        makeReason(
          'hardware-absent',
          `${seen}, but this container (\`${container.known ? container.value : ''}\`) has no \`/dev/nvidia0\` or the like, so nothing in it can reach the GPU.`,
          evidence,
          CONTAINER_REMEDY,
        ),
      ],
    };
  const lacking = nodes !== null && nodes.length > 0 && inContainer(host) ? lackingNodes(host) : [];
  if (lacking.length > 0)
    return {
      seen: 'no',
      reasons: [
        makeReason(
          'hardware-absent',
          `${seen}, but this container (\`${container.known ? container.value : ''}\`) has \`${nodes![0]}\` without ${lacking.map((node) => `\`${node}\``).join(' and ')}, and CUDA cannot start without ${lacking.length === 1 ? 'it' : 'them'}.`,
          evidence,
          CONTAINER_REMEDY,
        ),
      ],
    };
  if (!loaded && (driverVersion.known || nodes === null || nodes.length === 0))
    return {
      seen: 'yes',
      gpus: gpusOf(listed, onBus, null),
      counted: true,
      driver: false,
      notes: [],
      blockers: [driverMismatch(host, seen, foreign, evidence)],
    };
  if (!host.deviceNodes.known && listed.length === 0)
    return {
      seen: 'unknown',
      reasons: [
        makeReason(
          'device-unknown',
          `${seen}, but whether this process has its device node is not known (${host.deviceNodes.why}).`,
          evidence,
          DOCTOR_REMEDY,
        ),
      ],
    };
  const notes =
    nodes?.length === 0
      ? [
          makeReason(
            'device-unknown',
            `${seen}, and there is no \`/dev/nvidia0\` or the like yet; CUDA usually has \`nvidia-modprobe\` create it.`,
            evidence,
            'If opening fails, run `sudo nvidia-modprobe -c 0 -u` once.',
          ),
        ]
      : [];
  return {
    seen: 'yes',
    gpus: gpusOf(listed, onBus, nodes),
    counted: true,
    driver: true,
    notes,
    blockers: [],
  };
}

function inContainer({ environment: { container } }: HostFacts): boolean {
  return container.known && container.value !== null;
}

/** Nodes of the driver itself. Outside a container `nvidia-modprobe` makes them when CUDA asks; inside, nobody can. */
function lackingNodes({ deviceNodes }: HostFacts): readonly string[] {
  const there = deviceNodes.known ? deviceNodes.value : [];
  return ['/dev/nvidiactl', '/dev/nvidia-uvm'].filter((node) => !there.includes(node));
}

function driverMismatch(
  host: HostFacts,
  seen: string,
  foreign: readonly AcceleratorFacts[],
  evidence: Readonly<Record<string, unknown>>,
): Reason {
  const drivers = [...new Set(foreign.map(({ driver }) => `\`${driver}\``))].join(', ');
  const bound = drivers === '' ? 'no driver is bound to it' : `it is bound to ${drivers}`;
  return makeReason(
    'driver-mismatch',
    `${seen}, but ${bound}; CUDA works with NVIDIA's own driver only.`,
    evidence,
    `Install NVIDIA's driver from its repository, ${installCommand(host, ['cuda-drivers'])}, and reboot.`,
  );
}
