import { deepFreeze, type HostFacts } from '@switchyard/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  DZN,
  INTEL,
  LAVAPIPE,
  NVIDIA,
  OTHER,
  RADEON,
  VIRTIO,
  gpu,
  known,
  linuxWith,
  notKnown,
} from './__fixtures__/gpu-facts.ts';
import { webgpuPredicate } from './webgpu-predicate.ts';

const DRIVERS = [DZN, INTEL, LAVAPIPE, NVIDIA, OTHER, RADEON, VIRTIO];
const GPUS = [
  gpu('10de', 'one'),
  gpu('8086', 'two', { integrated: true }),
  gpu('1002', 'three'),
  gpu('1af4', 'four'),
];

const MADE: fc.Arbitrary<HostFacts> = fc
  .record({
    drivers: fc.subarray(DRIVERS),
    gpus: fc.subarray(GPUS),
    blind: fc.boolean(),
    loader: fc.boolean(),
  })
  .map(({ drivers, gpus, blind, loader }) =>
    linuxWith(drivers, gpus, {
      ...(blind ? { accelerators: notKnown('generated as not known') } : {}),
      ...(loader ? {} : { libraries: known([]) }),
    }),
  );

// On the shipped machines the conformance kit asks the same.
it('is total and pure, and never empty, on machines that are made up', () => {
  fc.assert(
    fc.property(MADE, (facts) => {
      deepFreeze(facts);
      const answer = webgpuPredicate(facts);
      expect(webgpuPredicate(structuredClone(facts))).toEqual(answer);
      if (answer.eligible === 'yes') expect(answer.devices).toHaveLength(1);
      else expect(answer.reasons.length).toBeGreaterThan(0);
      if (answer.eligible === 'no') expect(answer.devices).toEqual([]);
      for (const device of answer.devices) {
        expect(device.kind).toBe(device.software === true ? 'cpu' : 'gpu');
        expect(device.name.trim()).not.toBe('');
      }
      for (const reason of [...answer.reasons, ...(answer.blockers ?? [])]) {
        expect(reason.message.trim()).toMatch(/\.$/);
        expect(reason.message).not.toMatch(/undefined|\bNaN\b|\[object/);
        expect(reason.remedy?.trim()).not.toBe('');
      }
    }),
    { numRuns: 1000 },
  );
});

it('never calls a device hardware while an emulation could be taken instead', () => {
  fc.assert(
    fc.property(MADE, (facts) => {
      const drivers = facts.vulkanDrivers.known ? facts.vulkanDrivers.value : [];
      if (!drivers.some(({ software }) => software === true)) return;
      expect(webgpuPredicate(facts).devices[0]?.software).not.toBe(false);
    }),
    { numRuns: 1000 },
  );
});
