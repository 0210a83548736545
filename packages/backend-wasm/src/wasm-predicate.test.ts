import { MACHINE_NAMES, loadMachine } from '@switchyard/core/machines';
import { hostFactsOf } from '@switchyard/core/testing';
import { describe, expect, it } from 'vitest';
import { wasmPredicate } from './wasm-predicate.ts';

describe('wasmPredicate', () => {
  it.each(MACHINE_NAMES)('runs on %s, and gives the same answer for copies of frozen facts', async (name) => {
    const host = await loadMachine(name);
    expect(wasmPredicate(host)).toEqual({
      eligible: 'yes',
      reasons: [],
      devices: [
        {
          id: 'wasm',
          name: host.cpu.model.known ? host.cpu.model.value : 'CPU',
          kind: 'cpu',
          software: false,
        },
      ],
    });
    expect(Object.isFrozen(host)).toBe(true);
    expect(wasmPredicate(structuredClone(host))).toEqual(wasmPredicate(host));
  });

  const { os, node } = hostFactsOf();
  it.each([
    ['a processor with the highest byte first', { os: { ...os, arch: 's390x' } }, 'no', /highest first/],
    ['a processor that nobody tried', { os: { ...os, arch: 'riscv64' } }, 'unknown', /on riscv64 is not/],
    ['32-bit addresses', { os: { ...os, arch: 'ia32' } }, 'unknown', /memory of 4 GiB/],
    ['an old Node.js', { node: { ...node, version: '20.19.0' } }, 'no', /Node\.js 20\.19\.0/],
    ['a Node.js without a number', { node: { ...node, version: 'next' } }, 'unknown', /`next`/],
  ] as const)('%s', (_, changes, eligible, message) => {
    const answer = wasmPredicate(hostFactsOf(changes));
    expect(answer).toMatchObject({ eligible, devices: [], reasons: [{ code: 'platform-unsupported' }] });
    expect(answer.reasons[0]!.message).toMatch(message);
    expect(answer.reasons[0]!.remedy).toMatch(/\.$/);
  });
});
