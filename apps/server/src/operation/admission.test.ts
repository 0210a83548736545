import { ProtocolError } from '@switchyard/open-inference';
import { describe, expect, it } from 'vitest';
import { createKey, parseKeys } from './api-keys.ts';
import { createGate, type GateOptions } from './gate.ts';
import { createMemoryBudget } from './memory-budget.ts';

function refusal(action: () => unknown): ProtocolError {
  try {
    action();
  } catch (error) {
    if (ProtocolError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const none = { authorization: undefined, apiKey: undefined };
const bearer = (key: string) => ({ authorization: `Bearer ${key}`, apiKey: undefined });
const gateOf = (options: Partial<GateOptions>) =>
  createGate({ keys: null, open: ['health'], ratePerKey: null, ratePerAddress: null, ...options });

describe('keys', () => {
  const reader = createKey('reader', ['read']);
  const robot = createKey('robot', ['infer', 'read']);
  const keys = parseKeys(`# ours\n${reader.line}\n\n${robot.line} rate=2/1\n`, 'keys.txt');
  const gate = gateOf({ keys, now: () => 0 });

  it('lets a key in for its scopes, by either header, and names the key', () => {
    expect(gate.admit('read', bearer(reader.key), 'a')).toEqual({ name: 'reader' });
    expect(gate.admit('read', { authorization: undefined, apiKey: robot.key }, 'a')).toEqual({
      name: 'robot',
    });
    expect(gate.admit('health', none, 'a')).toEqual({ name: 'anonymous' });
  });

  it('refuses no key, a wrong key, a key in another case and a scope that it does not have', () => {
    expect(refusal(() => gate.admit('infer', none, 'a')).httpStatus).toBe(401);
    expect(refusal(() => gate.admit('infer', bearer('sy_wrong'), 'a')).problem).toBe('unauthenticated');
    expect(refusal(() => gate.admit('read', bearer(reader.key.toUpperCase()), 'a')).problem).toBe(
      'unauthenticated',
    );
    expect(
      refusal(() => gate.admit('read', { authorization: reader.key, apiKey: undefined }, 'a')).problem,
    ).toBe('unauthenticated');
    const denied = refusal(() => gate.admit('admin', bearer(robot.key), 'a'));
    expect(denied.problem).toBe('permission-denied');
    expect(denied.message).not.toContain(robot.key);
  });

  it('keeps no key in what is stored', () => {
    expect(robot.line).not.toContain(robot.key);
    expect(createKey('robot', ['infer']).key).not.toBe(robot.key);
  });

  it.each([
    ['robot infer sy_abc', /keys\.txt:1 cannot be understood/],
    ['robot infer', /cannot be understood/],
    [`robot fly sha256:${'0'.repeat(64)}`, /scope "fly"/],
    [`a/b infer sha256:${'0'.repeat(64)}`, /name "a\/b"/],
    [`robot infer sha256:${'0'.repeat(64)} rate=0`, /lets nothing in/],
    [`${robot.line}\n${robot.line}`, /second key named `robot`/],
    ['# nothing', /has no key/],
  ])('refuses the line %j', (text, message) => {
    expect(() => parseKeys(text, 'keys.txt')).toThrow(message);
  });

  it('does not repeat a key that was pasted into the file', () => {
    expect(() => parseKeys(`robot infer ${robot.key}`, 'keys.txt')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(robot.key) as string }) as Error,
    );
  });
});

describe('rates', () => {
  it('of an address count for everybody but probes of health, and say when to come again', () => {
    let now = 0;
    const gate = gateOf({ ratePerAddress: { perSecond: 0.5, burst: 2 }, now: () => now });
    gate.admit('infer', none, 'a');
    gate.admit('infer', none, 'a');
    const refused = refusal(() => gate.admit('infer', none, 'a'));
    expect(refused).toMatchObject({ problem: 'rate-limited', retryAfterSeconds: 2, httpStatus: 429 });
    gate.admit('health', none, 'a');
    gate.admit('infer', none, 'b');
    now = 2000;
    gate.admit('infer', none, 'a');
    expect(refusal(() => gate.admit('infer', none, 'a')).problem).toBe('rate-limited');
  });

  it('limit the guessing of keys', () => {
    const keys = parseKeys(createKey('robot', ['infer']).line, 'keys.txt');
    const gate = gateOf({ keys, ratePerAddress: { perSecond: 1, burst: 1 }, now: () => 0 });
    expect(refusal(() => gate.admit('infer', bearer('x'), 'a')).problem).toBe('unauthenticated');
    expect(refusal(() => gate.admit('infer', bearer('y'), 'a')).problem).toBe('rate-limited');
  });

  it('of a key are its own, or those of all keys', () => {
    const quick = createKey('quick', ['infer']);
    const slow = createKey('slow', ['infer']);
    const keys = parseKeys(`${quick.line} rate=10/3\n${slow.line}`, 'keys.txt');
    const gate = gateOf({ keys, ratePerKey: { perSecond: 1, burst: 1 }, now: () => 0 });
    for (const _ of [1, 2, 3]) gate.admit('infer', bearer(quick.key), 'a');
    expect(refusal(() => gate.admit('infer', bearer(quick.key), 'a')).message).toContain("'quick'");
    gate.admit('infer', bearer(slow.key), 'a');
    expect(refusal(() => gate.admit('infer', bearer(slow.key), 'a')).problem).toBe('rate-limited');
  });
});

describe('the memory budget', () => {
  it('gives back once, refuses what does not fit, and lets a single large request in', () => {
    const budget = createMemoryBudget(100);
    const release = budget.take(60);
    expect(refusal(() => budget.take(41))).toMatchObject({ problem: 'exhausted', retryAfterSeconds: 1 });
    const second = budget.take(40);
    release();
    release();
    expect(budget.used()).toBe(40);
    second();
    const large = budget.take(1000);
    expect(refusal(() => budget.take(1)).httpStatus).toBe(503);
    large();
    expect(budget.used()).toBe(0);
  });
});
