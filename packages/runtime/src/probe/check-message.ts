import { deviceProblem, reasonProblem } from '@switchyard/core';
import type { ProbeMessage } from './probe-protocol.ts';

const LEVELS: readonly unknown[] = ['module', 'engine', 'devices', 'model', 'placement'];
const STATUSES: readonly unknown[] = ['ok', 'failed', 'unknown'];

/**
 * Reads one line of a child. The backend's code runs in it and can write whatever it likes, so nothing is
 * believed: the answer is the message, or a phrase that says what is wrong.
 */
export function checkMessage(line: string): ProbeMessage | string {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return 'a line is not JSON';
  }
  if (!isRecord(message)) return 'a line is no message';
  const { type, level, device, residentBytes } = message;
  if (type === 'done') return { type };
  if (type === 'memory') {
    return typeof residentBytes === 'number' ? { type, residentBytes } : 'a message names no memory';
  }
  if (type !== 'begin' && type !== 'end') return `a message has the type ${show(type)}`;
  if (!LEVELS.includes(level)) return `a message names the level ${show(level)}`;
  if (!(device === null || typeof device === 'string')) return `a message names the device ${show(device)}`;
  const problem = type === 'end' ? endProblem(message) : null;
  return problem ?? (message as unknown as ProbeMessage);
}

function endProblem({
  durationMs,
  status,
  reason,
  note,
  devices,
  placement,
}: Readonly<Record<string, unknown>>): string | null {
  if (!STATUSES.includes(status)) return `a level ended with the status ${show(status)}`;
  if (typeof note !== 'string' || note.trim() === '') return 'a level ended without a note';
  if ((status === 'failed') !== (reason !== null))
    return 'a level has a reason without a failure, or none with one';
  const reasonTrouble = reason === null ? null : reasonProblem(reason);
  if (reasonTrouble !== null) return reasonTrouble;
  if (durationMs === null || !isCount(durationMs)) return 'a level ended without its duration';
  if (!Array.isArray(devices)) return 'a level ended without a list of devices';
  for (const device of devices) {
    const problem = deviceProblem(device);
    if (problem !== null) return problem;
  }
  return placement === null || isPlacement(placement) ? null : 'a placement is outside the contract';
}

function isPlacement(placement: unknown): boolean {
  if (!isRecord(placement)) return false;
  const { source, complete, providers, partitions } = placement;
  return (
    typeof source === 'string' &&
    typeof complete === 'boolean' &&
    isCount(partitions) &&
    Array.isArray(providers) &&
    providers.every(
      (provider: unknown) =>
        isRecord(provider) &&
        typeof provider['name'] === 'string' &&
        isCount(provider['nodes']) &&
        isCount(provider['timeShare']),
    )
  );
}

function isCount(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}
