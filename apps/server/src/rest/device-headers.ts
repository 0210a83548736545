import type { DeviceTruth } from '../execution/model-executor.ts';

const KNOWN: WeakMap<DeviceTruth, readonly string[]> = new WeakMap();

/** Headers that say what computed an answer: the backend, the device, and what was preferred to it. */
export function deviceHeaders(truth: DeviceTruth): readonly string[] {
  const known = KNOWN.get(truth);
  if (known !== undefined) return known;
  const headers = [
    'Switchyard-Backend',
    printable(truth.backend),
    'Switchyard-Device',
    printable(truth.device.id),
  ];
  if (truth.fallback !== null) headers.push('Switchyard-Fallback', printable(truth.fallback));
  KNOWN.set(truth, headers);
  return headers;
}

/** A third-party backend chooses these texts, and a header takes visible ASCII and spaces. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 512);
}
