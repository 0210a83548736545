import { makeReason, type DeviceV1, type HostFacts, type Reason } from '@switchyard/core';
import type { CudaHardware } from './cuda-hardware.ts';
import type { CudaGpu } from './nvidia-gpus.ts';
import { visibleDevices } from './visible-devices.ts';

/** Devices in CUDA's own numbering, or the reason why CUDA shows none. */
export interface CudaDevices {
  readonly devices: readonly DeviceV1[];
  /** Notes when there are devices; why there are none otherwise. */
  readonly reasons: readonly Reason[];
}

/** Numbers the GPUs as CUDA will: after `CUDA_VISIBLE_DEVICES`, in the order of `CUDA_DEVICE_ORDER`. */
export function cudaDevices(
  host: HostFacts,
  hardware: Extract<CudaHardware, { readonly seen: 'yes' }>,
): CudaDevices {
  const variable = host.variables['CUDA_VISIBLE_DEVICES'];
  const byBus = host.variables['CUDA_DEVICE_ORDER'] === 'PCI_BUS_ID';
  const gpus = byBus ? inBusOrder(hardware.gpus) : hardware.gpus;
  const names = [...new Set(gpus.map(({ name }) => name))];
  // Without PCI_BUS_ID, CUDA puts the GPU it holds for the fastest first: with unlike GPUs, a number names none.
  const numbered = names.length === 1 || (byBus && gpus.every(({ busId }) => busId !== null));
  // Of like GPUs it is not known either which is which, only that it makes no difference to a name.
  const ordered = gpus.length === 1 || (byBus && gpus.every(({ busId }) => busId !== null));
  const { visible, stoppedAt } = visibleDevices(variable, gpus, hardware.counted);
  if (visible.length === 0) return { devices: [], reasons: [hidesEverything(variable ?? '', gpus.length)] };

  const driver = host.nvidia.driverVersion.known ? host.nvidia.driverVersion.value : null;
  const ambiguous = names.map((name) => name ?? 'NVIDIA GPU').join(' or ');
  const devices = visible.map((entry, index): DeviceV1 => {
    let name = 'NVIDIA GPU';
    if ('named' in entry) name = entry.named;
    else if ('gpu' in entry) name = entry.gpu.name ?? name;
    else if (numbered) name = gpus[entry.place]?.name ?? name;
    else name = ambiguous;
    const gpu = 'gpu' in entry ? entry.gpu : ordered && 'place' in entry ? gpus[entry.place] : undefined;
    return {
      id: `cuda:${index}`,
      ...(gpu?.uuid == null ? {} : { aliases: [gpu.uuid] }),
      name,
      kind: 'gpu',
      software: false,
      integrated: gpu?.integrated === true,
      ...(driver === null ? {} : { driver }),
    };
  });
  const reasons: Reason[] = [];
  if (variable !== undefined) {
    const note = describeFilter(variable, devices.length, hardware.counted ? gpus.length : null, stoppedAt);
    if (note !== null) reasons.push(note);
  }
  if (!numbered && visible.some((entry) => 'place' in entry))
    reasons.push(
      makeReason(
        'device-unknown',
        `This machine has unlike NVIDIA GPUs (${ambiguous}), and which of them CUDA numbers first is not known.`,
        { 'nvidia.gpus': gpus },
        'Set `CUDA_DEVICE_ORDER=PCI_BUS_ID`, or name one by its identifier: `CUDA_VISIBLE_DEVICES=GPU-…`.',
      ),
    );
  const discreteFirst = devices.toSorted(
    (left, right) => Number(left.integrated === true) - Number(right.integrated === true),
  );
  return { devices: discreteFirst, reasons };
}

/** Why `CUDA_VISIBLE_DEVICES` leaves nothing, whatever the hardware is. */
export function hidesEverything(variable: string, gpus: number | null): Reason {
  const value = variable.trim();
  const what =
    value === ''
      ? 'is set to nothing, which hides every GPU from CUDA'
      : value === '-1'
        ? 'is `-1`, which hides every GPU from CUDA'
        : `is \`${value}\`, whose first entry names no GPU${gpus === null ? '' : ` of the ${gpus} here`}`;
  return makeReason(
    'hardware-absent',
    `\`CUDA_VISIBLE_DEVICES\` ${what}.`,
    { 'variables.CUDA_VISIBLE_DEVICES': variable },
    'Unset it (`unset CUDA_VISIBLE_DEVICES`), or set it to the GPU to use: `CUDA_VISIBLE_DEVICES=0`.',
  );
}

function describeFilter(
  variable: string,
  visible: number,
  all: number | null,
  stoppedAt: string | null,
): Reason | null {
  const identity = Array.from({ length: all ?? 0 }, (_unused, place) => place).join(',');
  if (variable.replaceAll(' ', '') === identity) return null;
  const ignored =
    stoppedAt === null
      ? ''
      : ` Its entry \`${stoppedAt}\` names no further GPU here, so CUDA ignores it and the rest.`;
  const count = all === null ? `${visible} GPU${visible === 1 ? '' : 's'}` : `${visible} of ${all} GPUs`;
  return makeReason(
    visible === all ? 'device-unknown' : 'hardware-absent',
    `\`CUDA_VISIBLE_DEVICES\` is \`${variable}\`: CUDA shows ${count}, numbered anew from \`cuda:0\`.${ignored}`,
    { 'variables.CUDA_VISIBLE_DEVICES': variable },
    'Unset it to see every GPU under its own number.',
  );
}

function inBusOrder(gpus: readonly CudaGpu[]): readonly CudaGpu[] {
  if (gpus.some(({ busId }) => busId === null)) return gpus;
  return gpus.toSorted((left, right) => {
    const [first, second] = [left.busId!.toLowerCase(), right.busId!.toLowerCase()];
    return first < second ? -1 : Number(first > second);
  });
}
