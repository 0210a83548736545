import { deepFreeze, type Fact, type HostFacts } from '@switchyard/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { macFacts } from './__fixtures__/mac-facts.ts';
import { coremlPredicate } from './coreml-predicate.ts';

function fact<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> {
  return fc.oneof(
    value.map((each): Fact<T> => ({ known: true, value: each, source: 'generated' })),
    fc.constant<Fact<T>>({ known: false, why: 'generated as not known' }),
  );
}

const VERSIONS = fc.oneof(fc.constantFrom('13.6', '14.0', '15.1.1', '26.4', '24.1.0', '22.6.0'), fc.string());

const MAC_FACTS: fc.Arbitrary<HostFacts> = fc
  .record({
    platform: fc.constantFrom('darwin', 'darwin', 'darwin', 'linux', 'win32'),
    arch: fc.constantFrom('arm64', 'arm64', 'x64'),
    version: fact(VERSIONS),
    kernel: fact(VERSIONS),
    rosetta: fact(fc.boolean()),
    machineArch: fact(fc.constantFrom('arm64', 'x64')),
    vm: fact(fc.constantFrom(null, 'apple', 'vm')),
    model: fact(fc.constantFrom('Apple M1', 'Apple M1 (Virtual)', 'Intel(R) Core(TM) i9')),
  })
  .map((parts) => macFacts(parts));

// On the shipped machines the conformance kit asks the same.
it('is total and pure, and never empty, on machines that are made up', () => {
  fc.assert(
    fc.property(MAC_FACTS, (facts) => {
      deepFreeze(facts);
      const answer = coremlPredicate(facts);
      expect(coremlPredicate(facts)).toEqual(answer);
      expect(coremlPredicate(structuredClone(facts))).toEqual(answer);
      if (answer.eligible === 'yes') expect(answer.devices[0]?.id).toBe('coreml:all');
      else expect(answer.reasons.length).toBeGreaterThan(0);
      if (answer.eligible === 'no') expect(answer.devices).toEqual([]);
      for (const reason of answer.reasons) {
        expect(reason.message).toMatch(/\.$/);
        expect(reason.message).not.toMatch(/undefined|\bNaN\b|\[object/);
        expect(reason.remedy?.trim()).not.toBe('');
      }
    }),
    { numRuns: 1000 },
  );
});

it('is never eligible outside an arm64 process on macOS', () => {
  fc.assert(
    fc.property(MAC_FACTS, (facts) => {
      if (facts.os.platform !== 'darwin' || facts.os.arch !== 'arm64')
        expect(coremlPredicate(facts).eligible).toBe('no');
    }),
  );
});
