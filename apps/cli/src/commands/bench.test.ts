import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import { scriptedPlugin } from '../__fixtures__/scripted-plugin.ts';
import type { Benchmark } from '../benchmark/benchmark.ts';

const cwd = temporaryFolder({
  ...scriptedPlugin('slow'),
  'identity.onnx': identityModel('float32', ['batch', 4]),
  'fixed.onnx': identityModel('float32', [1, 4]),
});
const bench = (...words: readonly string[]): Promise<Outcome> => cli(['bench', ...words], { cwd });
const read = ({ stdout }: Outcome): Benchmark => JSON.parse(stdout) as Benchmark;

describe('bench', () => {
  it('measures every backend with every size of the batch, and says where the nodes ran', async () => {
    const words = ['identity.onnx', '--backends', 'cpu,acme-npu', '--batch', '1,3', '--runs', '4', '--json'];
    const outcome = await bench(...words);
    const { results, refused, inputs } = read(outcome);
    expect({ status: outcome.status, refused, inputs }).toEqual({
      status: 0,
      refused: [],
      inputs: 'generated',
    });
    expect(results.map(({ backend, batch, runs }) => [backend, batch, runs])).toEqual([
      ['cpu', 1, 4],
      ['acme-npu', 1, 4],
      ['cpu', 3, 4],
      ['acme-npu', 3, 4],
    ]);
    for (const result of results) {
      const { medianMs, p95Ms, runsPerSecond, itemsPerSecond, batch, placement, problem } = result;
      expect(problem).toBeNull();
      expect(p95Ms).toBeGreaterThanOrEqual(medianMs!);
      expect(runsPerSecond).toBeCloseTo(1000 / medianMs!);
      expect(itemsPerSecond).toBeCloseTo((1000 / medianMs!) * batch!);
      expect(result.coldOpenMs).toBeGreaterThan(0);
      expect(result.firstRunMs).toBeGreaterThan(0);
      expect(placement?.providers[0]?.nodes).toBe(1);
    }
    if (process.platform === 'linux') expect(results[0]?.residentBytes.known).toBe(true);
  });

  it('draws a bar for each backend, and writes a page that needs nothing from elsewhere', async () => {
    const words = ['identity.onnx', '--backends', 'cpu,acme-npu', '--runs', '3', '--html', 'report.html'];
    const { status, stdout, stderr } = await bench(...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'wrote   report.html\n' });
    // The one that waits 60 ms in every run has the longest bar.
    expect(stdout).toMatch(/^ {2}acme-npu {2}█{50} {2}[\d.]+ ms$/m);
    expect(stdout).toMatch(/^ {2}cpu {7}█{1,25} +[\d.]+ ms$/m);
    expect(stdout).toMatch(/^acme-npu, batch 1 ran on: Acme 1 nodes, 100 % of the time$/m);
    const page = readFileSync(join(cwd, 'report.html'), 'utf8');
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import|<script|https?:/);
    for (const text of [stdout, page]) expect(text).not.toMatch(/faster|slower/i);
  });

  it('refuses what selection refuses, with the reason, and measures the rest', async () => {
    const outcome = await bench('identity.onnx', '--backends', 'cpu,mps', '--runs', '2', '--json');
    expect(outcome.status).toBe(3);
    const { results, refused } = read(outcome);
    expect(results.map(({ backend }) => backend)).toEqual(['cpu']);
    expect(refused).toMatchObject([
      { backend: 'mps', code: 'platform-unsupported', remedy: expect.any(String) },
    ]);
    const disabled = await bench('identity.onnx', '--backends', 'cpu', '--disable', 'cpu');
    expect(disabled).toMatchObject({ status: 3, stdout: '' });
    expect(disabled.stderr).toContain('--disable cpu');
  });

  it('measures what may be chosen here when nothing is named', async () => {
    const { results } = read(await bench('identity.onnx', '--runs', '2', '--json'));
    expect(results.map(({ backend }) => backend)).toEqual(['acme-npu', 'cpu']);
    const only = read(await bench('identity.onnx', '--runs', '2', '--backend', 'cpu', '--json'));
    expect(only.results.map(({ backend }) => backend)).toEqual(['cpu']);
  });

  it('takes inputs that are given, and names no batch where there is none', async () => {
    const given = read(
      await bench(
        'identity.onnx',
        '--backends',
        'cpu',
        '--input',
        'x=[[1,2,3,4],[5,6,7,8]]',
        '--runs',
        '2',
        '--json',
      ),
    );
    expect(given).toMatchObject({ inputs: 'given', results: [{ batch: 2 }] });
    const fixed = read(await bench('fixed.onnx', '--backends', 'cpu', '--runs', '2', '--json'));
    expect(fixed.results).toMatchObject([{ batch: null, itemsPerSecond: null, runs: 2 }]);
  });

  it.each([
    [['identity.onnx', '--backends', 'cpo'], /`cpo`[^]*Did you mean/],
    [['identity.onnx', '--backends', 'cpu,,cuda'], /empty member/],
    [['identity.onnx', '--runs', '0'], /`--runs 0` is not a whole number/],
    [['identity.onnx', '--batch', '1,x'], /the member `x`/],
    [['fixed.onnx', '--batch', '2'], /no input has a free outermost dimension: `x` \[1, 4\]/],
    [['identity.onnx', '--dim', 'batch=2', '--batch', '2'], /no input has a free/],
    [['identity.onnx', '--batch', '2', '--input', 'x=[[1,2,3,4]]'], /Leave one of them out/],
  ])('%j is refused with what to do', async (words, message) => {
    const { status, stdout, stderr } = await bench(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('says that a page cannot be written', async () => {
    const { status, stderr } = await bench(
      'identity.onnx',
      '--backends',
      'cpu',
      '--runs',
      '1',
      '--html',
      'no/such.html',
    );
    expect(status).toBe(4);
    expect(stderr).toMatch(/`no\/such\.html` could not be written/);
  });
});
