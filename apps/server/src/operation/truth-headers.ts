import type { DeviceTruth } from '../execution/model-executor.ts';

/** Header of a request and of its answer, which REST and gRPC write alike. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** A name, as REST writes it and gRPC in small letters, and its value. */
export type TruthHeader = readonly [
  name: 'Switchyard-Backend' | 'Switchyard-Device' | 'Switchyard-Fallback',
  value: string,
];

/**
 * What really computed an answer: the backend, the device, and where something that was preferred did not
 * come to be, what that was and why.
 */
export function truthHeaders({ backend, device, fallback }: DeviceTruth): readonly TruthHeader[] {
  const told: readonly TruthHeader[] = [
    ['Switchyard-Backend', printable(backend)],
    ['Switchyard-Device', printable(device.id)],
  ];
  return fallback === null ? told : [...told, ['Switchyard-Fallback', printable(fallback)]];
}

/** A third-party backend chooses these texts, and a header takes visible ASCII and spaces. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 512);
}
