import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildModel, buildTensor } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';

const value = (name: string) => ({ name, dtype: 'float32', shape: [1] }) as const;
const tensor = (data: number): Uint8Array => buildTensor({ dtype: 'float32', shape: [1], data: [data] });
const model = buildModel({
  inputs: [value('x')],
  outputs: [value('y')],
  nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
});
const oneCase = (name: string, expected: number): Readonly<Record<string, Uint8Array>> => ({
  [`cases/${name}/model.onnx`]: model,
  [`cases/${name}/test_data_set_0/input_0.pb`]: tensor(2),
  [`cases/${name}/test_data_set_0/output_0.pb`]: tensor(expected),
});
const words = ['conformance', '--backend', 'cpu', '--operators', '--cases', 'cases'];

describe('conformance --operators', () => {
  it('lists a wrong answer before the table, writes the page, and ends as unproven', async () => {
    const cwd = temporaryFolder({ ...oneCase('test_neg', -2), ...oneCase('test_neg_wrong', 3) });
    const outcome = await cli([...words, '--html', 'page.html', '--results', 'results.jsonl'], { cwd });
    expect(outcome.status).toBe(6);
    expect(outcome.stdout).toMatch(/^wrong test_neg_wrong\n {2}The output `y` differs.*with -2 against 3/);
    expect(outcome.stdout).toMatch(/\nNeg +1 +0 +0 +0 +0 +1\n/);
    expect(outcome.stdout).toMatch(/`cpu` on .*: 1 wrong, .*1 passed\n$/);
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<td>test_neg_wrong</td>');
    // The file of results is continued, and says the same.
    const again = await cli([...words, '--results', 'results.jsonl', '--json'], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({ counts: { wrong: 1, passed: 1 }, passed: ['test_neg'] });
  });

  it.each([
    [['--operators'], /--operators has no cases to run/],
    [['--cases', 'cases'], /belong to --operators/],
    [
      ['--operators', '--cases', 'cases', '--evidence', 'file.json'],
      /--evidence and --require-device belong to the kit/,
    ],
    [['--operators', '--cases', 'cases'], /There is no case below/],
  ])('refuses %j', async (more, message) => {
    const cwd = temporaryFolder({ 'cases/README.md': 'Nothing here.' });
    const outcome = await cli(['conformance', '--backend', 'cpu', ...more], { cwd });
    expect({ status: outcome.status, stdout: outcome.stdout }).toEqual({ status: 2, stdout: '' });
    expect(outcome.stderr).toMatch(message);
  });
});
