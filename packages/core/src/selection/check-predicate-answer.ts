import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { PredicateAnswerV1, PredicateV1 } from '../backend/v1/predicate-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';
import type { HostFacts } from '../host/host-facts.ts';
import { REASON_CODES } from './reason-codes.ts';

/** A predicate's answer after it was checked, or what was wrong with it. */
export type CheckedAnswer =
  | { readonly ok: true; readonly answer: PredicateAnswerV1 }
  | { readonly ok: false; readonly problem: string };

/**
 * Asks a predicate and checks its answer, whatever the plugin does: throwing, promises, getters that
 * throw, values outside the contract. The answer is copied through JSON, so nothing of the plugin's
 * lives on in a report.
 */
export function askPredicate(predicate: PredicateV1, host: HostFacts): CheckedAnswer {
  try {
    const returned: unknown = predicate(host);
    // A report is JSON; what does not survive JSON is not part of an answer.
    const answer: unknown = JSON.parse(JSON.stringify(returned) ?? 'null');
    const problem = answerProblem(answer);
    return problem === null ? { ok: true, answer: answer as PredicateAnswerV1 } : { ok: false, problem };
  } catch (error) {
    return { ok: false, problem: `its predicate threw: ${errorText(error)}` };
  }
}

/** What is wrong with a reason that a plugin made, or `null`. */
export function reasonProblem(value: unknown): string | null {
  if (!isRecord(value)) return 'a reason is not an object';
  const { code, message, evidence, remedy } = value;
  if (typeof code !== 'string' || !Object.hasOwn(REASON_CODES, code)) {
    return `the reason code ${JSON.stringify(code)} does not exist`;
  }
  if (typeof message !== 'string' || message.trim() === '') return `the reason \`${code}\` has no message`;
  if (!(remedy === null || (typeof remedy === 'string' && remedy.trim() !== ''))) {
    return `the remedy of \`${code}\` is neither a text nor null`;
  }
  if (
    !Array.isArray(evidence) ||
    !evidence.every((item) => isRecord(item) && typeof item['path'] === 'string')
  ) {
    return `the evidence of \`${code}\` is not a list of paths and values`;
  }
  return null;
}

/** What is wrong with a device that a plugin made, or `null`. */
export function deviceProblem(value: unknown): string | null {
  if (!isRecord(value)) return 'a device is not an object';
  const device = value as Partial<DeviceV1>;
  if (typeof device.id !== 'string' || device.id === '') return 'a device has no id';
  if (typeof device.name !== 'string' || device.name === '') return `the device \`${device.id}\` has no name`;
  if (!['cpu', 'gpu', 'npu'].includes(device.kind as string)) {
    return `the device \`${device.id}\` is of the kind ${JSON.stringify(device.kind)}, not cpu, gpu or npu`;
  }
  if (![true, false, 'unknown'].includes(device.software as boolean)) {
    return `the device \`${device.id}\` does not say whether it is software`;
  }
  const aliases: unknown = device.aliases ?? [];
  if (!Array.isArray(aliases) || !aliases.every((alias) => typeof alias === 'string' && alias !== '')) {
    return `the other names of the device \`${device.id}\` are no list of texts`;
  }
  return null;
}

/** Text of anything that was thrown, one line long and never empty. */
export function errorText(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? error.message : String(error);
  } catch {
    // Even turning it into text threw; that is all there is to say.
    text = 'something that cannot be described';
  }
  return text.replaceAll(/\s+/g, ' ').trim() || 'an error without a message';
}

function answerProblem(answer: unknown): string | null {
  if (!isRecord(answer)) return 'its predicate did not return an answer';
  const { eligible, reasons, devices, blockers = [] } = answer;
  if (!['yes', 'no', 'unknown'].includes(eligible as string)) {
    return `its predicate answered ${JSON.stringify(eligible)}, not "yes", "no" or "unknown"`;
  }
  if (!Array.isArray(reasons) || !Array.isArray(devices) || !Array.isArray(blockers)) {
    return 'its predicate answered without lists of reasons and devices';
  }
  for (const reason of [...reasons, ...blockers] as readonly Reason[]) {
    const problem = reasonProblem(reason);
    if (problem !== null) return `in its predicate's answer, ${problem}`;
  }
  for (const device of devices) {
    const problem = deviceProblem(device);
    if (problem !== null) return `in its predicate's answer, ${problem}`;
  }
  if (eligible === 'yes' && devices.length === 0) return 'its predicate said yes without naming a device';
  if (eligible !== 'yes' && reasons.length === 0)
    return `its predicate said ${String(eligible)} without a reason`;
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
