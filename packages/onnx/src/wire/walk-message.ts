import type { ByteWindow } from './byte-window.ts';
import type { FieldRule, MessageShape } from './message-shape.ts';
import { WireFault } from './wire-fault.ts';

/** Nesting that is accepted: the default of protobuf's C++ parser, which every ONNX engine has. */
const MAX_DEPTH = 100;

/** Longer text is cut here, so that one field cannot fill the memory. */
const MAX_TEXT_BYTES: number = 1024 * 1024;

/** A tag and the number after it, ten bytes each at most. */
const TAG_AND_NUMBER = 20;

/** A walk that stops wherever bytes are wanted, saying how many, and goes on when they are there. */
export type Walk = Generator<number, void, void>;

/**
 * Reads the message between the window's position and `end` into `target`. `trail` names the fields that are open and
 * keeps that state when the walk fails. A generator, so that one walker serves a file (asynchronously) and bytes.
 */
export function* walkMessage<T>(
  window: ByteWindow,
  shape: MessageShape<T>,
  target: T,
  end: number,
  trail: string[],
): Walk {
  if (trail.length > MAX_DEPTH)
    throw new WireFault('malformed', `messages are nested more than ${MAX_DEPTH} deep`);
  while (window.at < end) {
    if (!window.holds(TAG_AND_NUMBER)) yield TAG_AND_NUMBER;
    const tag = window.varint(end);
    const field = Math.floor(tag / 8);
    if (tag < 8 || tag > 0xffffffff) throw new WireFault('malformed', `${field} is no field number`);
    const rule = shape.fields[field];
    trail.push(rule?.name ?? `field ${field}`);
    const wireType = tag % 8;
    if (wireType === 2) yield* walkDelimited(window, rule, target, end, trail);
    else readScalar(window, rule, target, end, wireType);
    trail.pop();
  }
}

function readScalar<T>(
  window: ByteWindow,
  rule: FieldRule<T> | undefined,
  target: T,
  end: number,
  wireType: number,
): void {
  if (wireType === 0) {
    const value = window.varint(end);
    if (rule === undefined) return;
    if (rule.kind === 'integer') return rule.set(target, value);
    // Unpacked repeated data: one tag for each element, of no interest.
    if (rule.kind === 'payload') return;
  } else if (wireType === 1 || wireType === 5) {
    window.at = window.claim(wireType === 1 ? 8 : 4, end);
    if (rule === undefined || rule.kind === 'payload') return;
  } else {
    throw new WireFault('malformed', `wire type ${wireType} is not used by ONNX`);
  }
  throw mismatch(rule, wireType);
}

function* walkDelimited<T>(
  window: ByteWindow,
  rule: FieldRule<T> | undefined,
  target: T,
  end: number,
  trail: string[],
): Walk {
  const length = window.varint(end);
  const stop = window.claim(length, end);
  if (rule?.kind === 'message') {
    const child = rule.begin(target);
    yield* walkMessage(window, rule.shape(), child, stop, trail);
    rule.end(target, child);
  } else if (rule?.kind === 'text') {
    const kept = Math.min(length, MAX_TEXT_BYTES);
    if (!window.holds(kept)) yield kept;
    rule.set(target, window.text(kept), kept === length);
  } else if (rule?.kind === 'integer') {
    if (!rule.repeated) throw mismatch(rule, 2);
    while (window.at < stop) {
      if (!window.holds(TAG_AND_NUMBER)) yield TAG_AND_NUMBER;
      rule.set(target, window.varint(stop));
    }
  } else {
    rule?.set(target, length);
  }
  window.at = stop;
}

function mismatch(rule: { readonly kind: string }, wireType: number): WireFault {
  return new WireFault('malformed', `wire type ${wireType} does not fit a field of kind ${rule.kind}`);
}
