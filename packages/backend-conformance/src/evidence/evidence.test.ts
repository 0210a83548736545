import { hostFactsOf } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { evidenceProblem, makeEvidence, type EvidenceParts } from './evidence.ts';

const output = {
  output: 'y',
  dtype: 'float32',
  shape: [1],
  agrees: true,
  problem: null,
  comparable: 1,
  disagreeing: 0,
  maxAbsoluteError: 0,
  maxRelativeError: 0,
  cosineSimilarity: 1,
} as const;
const passed = {
  id: 'K1.1',
  title: 'it is',
  status: 'passed',
  detail: null,
  instead: null,
  figures: {},
} as const;
const PARTS: EvidenceParts = {
  recordedAt: '2026-11-22T12:00:00.000Z',
  backend: { id: 'acme', package: { name: '@acme/backend', version: '1.0.0' }, engine: null },
  host: hostFactsOf(),
  device: { id: 'acme:0', name: 'Acme', kind: 'npu', software: false },
  results: [passed],
  placement: null,
  parity: [output],
  speed: null,
};

it('is verified only on a device, with every case passed and outputs that agree', () => {
  expect(makeEvidence(PARTS).verdict).toBe('verified');
  const others: readonly Partial<EvidenceParts>[] = [
    { device: null },
    { results: [passed, { ...passed, status: 'failed' }] },
    { results: [passed, { ...passed, status: 'skipped' }] },
    { results: [] },
    { parity: null },
    { parity: [] },
    { parity: [output, { ...output, agrees: false }] },
  ];
  for (const parts of others) expect(makeEvidence({ ...PARTS, ...parts }).verdict).toBe('not-verified');
});

it('has one hash whatever the order of its keys, and another for another content', () => {
  const evidence = makeEvidence(PARTS);
  const turned = Object.fromEntries(Object.entries(evidence).toReversed());
  expect(evidenceProblem(JSON.parse(JSON.stringify(turned)))).toBeNull();
  expect(evidence.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(makeEvidence({ ...PARTS, recordedAt: '2026-11-23T12:00:00.000Z' }).hash).not.toBe(evidence.hash);
});

it('tells a document that was changed, and a verdict that was typed', () => {
  const failed = makeEvidence({ ...PARTS, results: [{ ...passed, status: 'failed' }] });
  expect(evidenceProblem({ ...failed, results: [passed] })).toMatch(/changed after it was written/);
  expect(evidenceProblem({ ...failed, verdict: 'verified' })).toMatch(/changed after it was written/);
  expect(evidenceProblem({ ...failed, schema: 2 })).toMatch(/`schema` is 2/);
  expect(evidenceProblem(null)).toMatch(/no object/);
});
