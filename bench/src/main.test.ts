import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { BenchReport } from './harness/results.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function bench(...args: string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const flags = ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, MAIN, ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

it('runs benchmarks in processes of their own and writes both reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
  try {
    const page = join(folder, 'report.html');
    const { status, out, err } = bench('run-inline', 'host-facts', '--quick', '--json', '--html', page);
    expect(err).toContain('the figures mean nothing');
    expect(status).toBe(0);
    const report = JSON.parse(out) as BenchReport;
    expect(report).toMatchObject({ format: 'switchyard-bench/1', quick: true, machine: { code: 'source' } });
    expect(report.benchmarks.map(({ name, failure }) => [name, failure])).toEqual([
      ['run-inline', null],
      ['host-facts', null],
    ]);
    const [inline] = report.benchmarks;
    for (const { samples } of inline!.contenders) expect(samples).toHaveLength(2);
    expect(inline!.comparisons.map(({ metric }) => metric)).toContain('p50 6 MiB');
    expect(readFileSync(page, 'utf8')).toContain('<svg');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('lists what it has, and refuses what it does not have', () => {
  expect(bench('--list').out).toContain('event-loop-delay');
  const { status, err } = bench('run-quickly');
  expect(status).not.toBe(0);
  expect(err).toContain('There is no benchmark `run-quickly`');
});

it.each([
  [['nothing-of-this-name'], 'There is no benchmark `nothing-of-this-name`'],
  [['--jsn'], "Unknown option '--jsn'"],
])('says what is wrong with %j, without a stack', (args, words) => {
  const { status, out, err } = bench(...args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain(words);
  expect(err).toContain('Usage: npm run bench');
  expect(err).not.toContain('    at ');
});
