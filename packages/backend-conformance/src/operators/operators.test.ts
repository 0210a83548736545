import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupOf } from '../../scripts/operator-groups.ts';
import {
  disagreements,
  OPERATOR_REFERENCE,
  operatorEvidence,
  referenceWith,
} from '../../scripts/operator-reference.ts';
import { createCrashingCpu } from './__fixtures__/crashing-cpu.ts';
import { writeCases } from './__fixtures__/write-cases.ts';
import { operatorDocument, type OperatorDocument } from './operator-document.ts';
import { operatorPage } from './operator-page.ts';
import { runOperatorSuite, type OperatorSuiteOptions } from './run-operator-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'operators-'));
const cases = join(folder, 'cases');
beforeAll(() => writeCases(cases));
afterAll(() => rmSync(folder, { recursive: true }));

async function documentOf(options: OperatorSuiteOptions): Promise<OperatorDocument> {
  const report = await runOperatorSuite(options);
  if (report.subject === null) throw new Error(report.absent.map(({ message }) => message).join(' '));
  return operatorDocument(report.subject, report.results);
}

describe('runOperatorSuite', () => {
  it('tells wrong, crashed, failed, unsupported, skipped and passed apart, the worst first', async () => {
    const results = join(folder, 'results.jsonl');
    const ran: string[] = [];
    const options: OperatorSuiteOptions = {
      create: createCrashingCpu,
      cases,
      results,
      onCase: (result) => ran.push(result.case),
    };
    const document = await documentOf(options);
    expect(document.others.map(({ status, case: name, operator }) => [status, name, operator])).toEqual([
      ['wrong', 'node/test_relu', 'Relu'],
      ['crashed', 'node/test_crash', 'Neg'],
      ['failed', 'node/test_gather_outside', 'Gather'],
      ['unsupported', 'node/test_frobnicate', 'Frobnicate'],
      ['skipped', 'node/test_sequence', 'SequenceConstruct'],
    ]);
    expect(document.passed).toEqual(['node/test_abs', 'node/test_relu_expanded']);
    expect(document.others.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/differs in 1 of 2 elements, first in element 1 with 0 against/),
      expect.stringMatching(/was ended by SIGKILL/),
      expect.stringMatching(/indices element out of data bounds/),
      expect.stringMatching(/Frobnicate/),
      expect.stringMatching(/`y` is sequence\(tensor\(float32\)\)/),
    ]);
    // The operator that is written out too counts with the operator.
    expect(document.operators[0]).toMatchObject({ operator: 'Relu', counts: { wrong: 1, passed: 1 } });
    expect(JSON.stringify(document)).not.toContain(folder);

    // A last line that was cut off is run again, and nothing else is.
    expect(ran).toHaveLength(7);
    ran.length = 0;
    writeFileSync(results, readFileSync(results, 'utf8').slice(0, -5));
    expect(await documentOf(options)).toEqual(document);
    expect(ran).toEqual(['node/test_sequence']);
    await expect(
      runOperatorSuite({ ...options, create: createCpuBackend, results: join(cases, 'node') }),
    ).rejects.toThrow();
    await expect(runOperatorSuite({ ...options, create: createWasmBackend })).rejects.toThrow(
      /cannot be continued: it begins with .*backend-cpu/,
    );

    const page = operatorPage(document);
    expect(page.indexOf('node/test_relu')).toBeLessThan(page.indexOf('node/test_crash'));
    expect(page).toContain('<div class="cell wrong"><b>Relu</b><small>1 wrong, 1 passed</small>');
  });

  it('refuses a backend that no other process can make, and a folder without cases', async () => {
    const { origin: _, ...backend } = createCpuBackend();
    await expect(runOperatorSuite({ create: () => backend, cases })).rejects.toThrow(/has no `origin`/);
    const empty = join(cases, 'node/test_abs/test_data_set_0');
    await expect(runOperatorSuite({ create: createCpuBackend, cases: empty })).rejects.toThrow(
      /no case below/,
    );
  });
});

describe('docs/evidence/operators', () => {
  const documents = operatorEvidence();

  it('docs/reference/operators.md has its counts', () => {
    const page = readFileSync(OPERATOR_REFERENCE, 'utf8');
    expect(referenceWith(page, documents)).toBe(page);
  });

  it.each(documents.map((document) => [document.backend.id, document] as const))(
    'every case that did not pass on `%s` has a reason',
    (_, { others }) => {
      expect(others.filter((result) => groupOf(result) === null)).toEqual([]);
    },
  );

  it('`cpu` and `wasm` disagree on no case that both ran', () => {
    expect(disagreements(documents[0]!, documents[1]!)).toEqual([]);
  });
});

const all = process.env['SWITCHYARD_OPERATOR_CASES'] ?? '';

describe.runIf(all !== '')('every case of SWITCHYARD_OPERATOR_CASES', () => {
  it('ends in a way that has a reason, and `cpu` and `wasm` disagree on none', async () => {
    const cpu = await documentOf({ create: createCpuBackend, cases: all });
    const wasm = await documentOf({ create: createWasmBackend, cases: all });
    for (const { others } of [cpu, wasm]) {
      expect(others.filter((result) => groupOf(result) === null)).toEqual([]);
    }
    expect(disagreements(cpu, wasm)).toEqual([]);
  }, 900_000);
});
