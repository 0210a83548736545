import type { AcceleratorFacts, DeviceV1 } from '@switchyard/core';

/** An unknown flag is left out rather than guessed. */
function flag(value: boolean | null): { integrated?: boolean } {
  return value === null ? {} : { integrated: value };
}

/**
 * Names GPUs as OpenVINO does: the integrated one is `GPU.0`, the others follow in an order that
 * only the driver knows; a single one is `GPU` (docs.openvino.ai/2026, "GPU Device").
 */
export function nameGpus(gpus: readonly AcceleratorFacts[]): DeviceV1[] {
  const base = { kind: 'gpu', software: false } as const;
  const [only] = gpus;
  if (only === undefined) return [];
  if (gpus.length === 1)
    return [{ ...base, id: 'openvino:GPU', name: only.name ?? 'Intel GPU', ...flag(only.integrated) }];
  const integrated = gpus.filter((gpu) => gpu.integrated === true);
  const sure = integrated.length === 1 && gpus.every((gpu) => gpu.integrated !== null);
  const first = sure ? integrated : [];
  const rest = gpus.filter((gpu) => !first.includes(gpu));
  const names = [...new Set(rest.map((gpu) => gpu.name ?? 'Intel GPU'))].toSorted().join(' or ');
  const alike = rest.every((gpu) => gpu.integrated === rest[0]?.integrated)
    ? (rest[0]?.integrated ?? null)
    : null;
  const others = rest.map((_, index): DeviceV1 => ({
    ...base,
    id: `openvino:GPU.${index + first.length}`,
    name: names,
    ...flag(alike),
  }));
  return [
    ...others,
    ...first.map((gpu): DeviceV1 => ({
      ...base,
      id: 'openvino:GPU.0',
      name: gpu.name ?? 'Intel GPU',
      integrated: true,
    })),
  ];
}
