import { expect, it } from 'vitest';
import { Circuit } from './circuit.ts';

const policy = {
  maxEnds: 3,
  withinMs: 1000,
  coolDownMs: 100,
  maxCoolDownMs: 300,
  backoffMs: 1,
  maxBackoffMs: 1,
};

it('counts only ends that lie close together', () => {
  const circuit = new Circuit(policy);
  expect([0, 900, 1800, 1900].map((now) => circuit.ended(now, 'ended'))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(circuit.isClosed).toBe(true);
  expect(circuit.ended(2000, 'ended with signal SIGSEGV')).toBe(true);
  expect(circuit.isClosed).toBe(false);
  expect(circuit.reason).toContain('SIGSEGV');
  expect(circuit.remainingMs(2040)).toBe(60);
});

it('stays open longer each time that an attempt fails, until a run has succeeded', () => {
  const circuit = new Circuit(policy);
  for (const now of [0, 1, 2]) circuit.ended(now, 'ended');
  circuit.try();
  expect(circuit.ended(100, 'ended')).toBe(true);
  expect(circuit.remainingMs(100)).toBe(200);
  circuit.try();
  circuit.close();
  expect({ isClosed: circuit.isClosed, reason: circuit.reason }).toEqual({ isClosed: true, reason: '' });
  // Closed, but a single end is enough.
  expect(circuit.ended(400, 'ended')).toBe(true);
  expect(circuit.remainingMs(400)).toBe(300);
  circuit.try();
  circuit.close();
  circuit.proved();
  expect(circuit.ended(800, 'ended')).toBe(false);
  expect(circuit.ended(801, 'ended')).toBe(false);
  expect(circuit.ended(802, 'ended')).toBe(true);
  expect(circuit.remainingMs(802)).toBe(100);
});
