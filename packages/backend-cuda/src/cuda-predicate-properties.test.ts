import { deepFreeze, type HostFacts } from '@switchyard/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CUDA_12, CUDA_13, busGpu, driverGpu, nvidiaFacts } from './__fixtures__/nvidia-facts.ts';
import { cudaPredicate } from './cuda-predicate.ts';

function fact<T>(
  values: readonly T[],
): fc.Arbitrary<{ known: true; value: T; source: string } | { known: false; why: string }> {
  return fc.oneof(
    fc.record({
      known: fc.constant(true as const),
      value: fc.constantFrom(...values),
      source: fc.constant('generated'),
    }),
    fc.record({ known: fc.constant(false as const), why: fc.constant('generated as not known') }),
  );
}

const NVIDIA_FACTS: fc.Arbitrary<HostFacts> = fc
  .record({
    platform: fc.constantFrom('linux', 'linux', 'linux', 'win32', 'darwin', 'aix'),
    arch: fc.constantFrom('x64', 'x64', 'x64', 'arm64'),
    libc: fact([
      { flavour: 'glibc', version: '2.36' } as const,
      { flavour: 'musl', version: '1.2.5' } as const,
    ]),
    machineArch: fact(['x64', 'arm64']),
    wsl: fact([null, null, 1 as const, 2 as const]),
    container: fact([null, 'docker']),
    accelerators: fact([
      [],
      [busGpu('nvidia')],
      [busGpu('nvidia'), busGpu('nouveau', 2)],
      [busGpu(null)],
      [{ ...busGpu('i915'), vendor: 'Intel', vendorId: '8086' }],
    ]),
    deviceNodes: fact([
      [],
      ['/dev/nvidia0', '/dev/nvidiactl'],
      ['/dev/dxg'],
      ['/dev/nvidia0', '/dev/nvidia1'],
    ]),
    driverVersion: fact([null, '570.86.15']),
    gpus: fact([
      [],
      [driverGpu(0, 'NVIDIA T400', 'GPU-a')],
      [driverGpu(0, 'NVIDIA T400'), driverGpu(1, 'NVIDIA A100', 'GPU-b')],
    ]),
    libraries: fc.constantFrom([], ['libcuda.so.1'], CUDA_12, CUDA_13),
    variables: fc.dictionary(
      fc.constantFrom('CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'CUDA_PATH'),
      fc.oneof(fc.constantFrom('', '-1', '0', '1,0', 'GPU-a', 'PCI_BUS_ID'), fc.string()),
    ),
  })
  .map((parts) => nvidiaFacts(parts));

// On the shipped machines the conformance kit asks the same.
it('is total and pure, and never empty, on machines that are made up', () => {
  fc.assert(
    fc.property(NVIDIA_FACTS, (facts) => {
      deepFreeze(facts);
      const answer = cudaPredicate(facts);
      expect(cudaPredicate(facts)).toEqual(answer);
      expect(cudaPredicate(structuredClone(facts))).toEqual(answer);
      if (answer.eligible === 'yes') expect(answer.devices.length).toBeGreaterThan(0);
      else expect(answer.reasons.length).toBeGreaterThan(0);
      if (answer.eligible === 'no') expect(answer.devices).toEqual([]);
      expect(answer.devices.map(({ id }) => id)).toEqual(
        answer.devices.map((_device, index) => `cuda:${index}`),
      );
      for (const reason of [...answer.reasons, ...(answer.blockers ?? [])]) {
        expect(reason.message.trim()).toMatch(/\.$/);
        expect(reason.message).not.toMatch(/undefined|\bNaN\b|\[object/);
        expect(reason.remedy?.trim()).not.toBe('');
      }
    }),
    { numRuns: 1000 },
  );
});

it('is never eligible without a device fact', () => {
  fc.assert(
    fc.property(NVIDIA_FACTS, (facts) => {
      const listed = facts.nvidia.gpus.known && facts.nvidia.gpus.value.length > 0;
      const onBus =
        facts.accelerators.known && facts.accelerators.value.some(({ vendorId }) => vendorId === '10de');
      const wsl =
        facts.deviceNodes.known &&
        facts.deviceNodes.value.includes('/dev/dxg') &&
        facts.libraries.known &&
        facts.libraries.value.some(({ name }) => name === 'libcuda.so.1');
      if (cudaPredicate(facts).eligible === 'yes') expect(listed || onBus || wsl).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
