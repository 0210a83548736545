import type { Parameters, ParameterValue } from '@switchyard/open-inference';
import { shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/** What a request says about its place in the queue. */
export interface RequestSchedule {
  /** 0 is the default, 1 the first. */
  readonly priority: number;
  /** Longest wait in the queue in microseconds, 0 for none asked for. */
  readonly queueTimeoutMicros: number;
}

const DEFAULT: RequestSchedule = Object.freeze({ priority: 0, queueTimeoutMicros: 0 });

/**
 * Reads the reserved parameters of a request. `sequence_*` are checked and otherwise ignored: every served
 * model is stateless, so the answers are those of a sequence of requests without memory. What is not
 * reserved is ignored.
 *
 * @throws ProtocolError invalid-argument for a reserved parameter of a wrong type
 */
export function requestSchedule(parameters: Parameters): RequestSchedule {
  if (parameters.size === 0) return DEFAULT;
  for (const name of ['sequence_start', 'sequence_end']) {
    const value = parameters.get(name);
    if (value === undefined || typeof value === 'boolean') continue;
    throw invalid(`invalid value type for '${name}' parameter, expected a boolean`);
  }
  const sequence = parameters.get('sequence_id');
  if (sequence !== undefined && typeof sequence !== 'string') unsigned(parameters, 'sequence_id');
  return {
    priority: unsigned(parameters, 'priority'),
    queueTimeoutMicros: unsigned(parameters, 'timeout'),
  };
}

/**
 * An unsigned integer of parameters, 0 where it is not there. One that a number cannot hold is the largest
 * that it can.
 *
 * @throws ProtocolError invalid-argument
 */
export function unsigned(parameters: Parameters, name: string): number {
  const value = parameters.get(name) ?? 0;
  if (typeof value === 'bigint' && value >= 0n) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw invalid(
    `invalid value for '${name}' parameter, expected an unsigned integer, got ${valueText(value)}`,
  );
}

/** A parameter's value in a message. */
export function valueText(value: ParameterValue): string {
  return typeof value === 'string' ? `'${shown(value)}'` : String(value);
}
