import { hostFactsOf } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { HOST } from './__fixtures__/host.ts';
import { predicate } from './predicate-cpu.ts';

it('runs on the machine that was recorded', () => {
  const { eligible, devices } = predicate(HOST);
  expect(eligible).toBe('yes');
  expect(devices.map(({ id }) => id)).toEqual(['template-id:0']);
});

it('says what it is built for where it does not run', () => {
  const { os } = hostFactsOf();
  const { eligible, reasons } = predicate(hostFactsOf({ os: { ...os, arch: 'riscv64' } }));
  expect(eligible).toBe('no');
  expect(reasons).toMatchObject([{ code: 'platform-unsupported' }]);
  expect(reasons[0]?.message).toContain('linux-riscv64');
});
