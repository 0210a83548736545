import { makeReason, type HostFacts, type PredicateAnswerV1, type Reason } from '@switchyard/core';
import { deviceOf } from './devices.ts';
import { DEVICE_KIND, TITLE } from './identity.ts';

// fill-in: How your hardware is known among the facts (`npx switchyard host`): here by its PCI vendor ids.
const VENDOR_IDS: readonly string[] = ['acce'];

/** Whether a machine has the hardware. Looks at recorded facts and at nothing else. */
export function predicate(host: HostFacts): PredicateAnswerV1 {
  const { accelerators } = host;
  if (!accelerators.known) {
    const message = `Whether there is a device of ${TITLE} is not known: ${sentencePart(accelerators.why)}.`;
    return { eligible: 'unknown', reasons: [absent(message, accelerators.why)], devices: [] };
  }
  const devices = accelerators.value
    .filter(
      ({ kind, vendorId }) => kind === DEVICE_KIND && vendorId !== null && VENDOR_IDS.includes(vendorId),
    )
    .map(({ name }, index) => deviceOf(index, name ?? TITLE));
  if (devices.length > 0) return { eligible: 'yes', reasons: [], devices };
  const message = `There is no device of ${TITLE} on this machine.`;
  return { eligible: 'no', reasons: [absent(message, accelerators.value)], devices: [] };
}

function absent(message: string, value: unknown): Reason {
  return makeReason('hardware-absent', message, { accelerators: value }, null);
}

function sentencePart(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
