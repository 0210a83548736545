import { hostFactsOf } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { HOST } from './__fixtures__/host.ts';
import { predicate } from './predicate.ts';

it('finds the hardware on the machine that was recorded', () => {
  const { eligible, devices } = predicate(HOST);
  expect(eligible).toBe('yes');
  expect(devices.map(({ id }) => id)).toEqual(['template-id:0']);
});

it('does not find it where there is none', () => {
  const { eligible, reasons } = predicate(hostFactsOf());
  expect(eligible).toBe('no');
  expect(reasons).toMatchObject([{ code: 'hardware-absent' }]);
});

it('does not guess where the accelerators are not known', () => {
  const { eligible, reasons } = predicate(
    hostFactsOf({ accelerators: { known: false, why: 'The bus was not read.' } }),
  );
  expect(eligible).toBe('unknown');
  expect(reasons[0]?.message).toContain('The bus was not read');
});
