import { describe, expect, it } from 'vitest';
import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import { hostFactsOf } from '../testing/host-facts-of.ts';
import { askPredicate } from './check-predicate-answer.ts';
import { findDevice } from './choose-devices.ts';

const DEVICES: readonly DeviceV1[] = [
  { id: 'gpu:0', name: 'one', kind: 'gpu', software: false, aliases: ['GPU-aaaa-1'] },
  { id: 'gpu:1', name: 'two', kind: 'gpu', software: false, aliases: ['GPU-bbbb-2', '0'] },
];

describe('findDevice', () => {
  it.each([
    ['gpu:1', 'gpu:1'],
    ['1', 'gpu:1'],
    ['GPU-bbbb-2', 'gpu:1'],
    ['gpu:GPU-bbbb-2', 'gpu:1'],
    ['gpu-AAAA-1', 'gpu:0'],
    // An id stands before another device's other name.
    ['0', 'gpu:0'],
    ['GPU-bbbb', undefined],
    ['2', undefined],
  ])('takes %s as %s', (wanted, id) => {
    expect(findDevice(DEVICES, wanted)?.id).toBe(id);
  });
});

it.each([['none'], [{}], [['']], [[1]]])('blames a backend whose devices have other names %j', (aliases) => {
  const devices = [{ ...DEVICES[0]!, aliases: aliases as unknown as readonly string[] }];
  const asked = askPredicate(() => ({ eligible: 'yes', reasons: [], devices }), hostFactsOf());
  expect(asked).toMatchObject({ ok: false, problem: expect.stringContaining('other names of the device') });
});
