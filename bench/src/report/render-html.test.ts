import { expect, it } from 'vitest';
import type { BenchReport } from '../harness/results.ts';
import { spreadOf } from '../harness/statistics.ts';
import { formatFigure } from './format-figure.ts';
import { rangePlot } from './range-plot.ts';
import { renderHtml } from './render-html.ts';

const REPORT: BenchReport = {
  format: 'switchyard-bench/1',
  time: '2026-11-22T00:00:00.000Z',
  quick: false,
  machine: {
    cpu: 'Test <CPU>',
    cores: 2,
    memoryGiB: 8,
    os: 'Linux 6',
    arch: 'x64',
    node: '24.0.0',
    v8: '13',
    onnxruntime: '1.30.0',
    switchyard: '0.0.0',
    commit: 'abc1234',
    code: 'dist',
  },
  benchmarks: [
    {
      name: 'made-up',
      title: 'Made up & measured',
      method: 'By hand.',
      processes: 'shared',
      rounds: 5,
      metrics: [{ name: 'time', unit: 'ms', better: 'lower' }],
      skipped: null,
      failure: null,
      load: [1, 2],
      seconds: 3,
      contenders: [
        { name: 'ours', skipped: null, samples: [{ time: 2 }], metrics: { time: spreadOf([1, 2, 3]) } },
        { name: 'theirs', skipped: 'No <device>.', samples: [], metrics: {} },
      ],
      comparisons: [
        {
          metric: 'time',
          of: 'ours',
          over: null,
          kind: 'value',
          unit: 'ms',
          spread: spreadOf([1, 2, 3]),
          target: { atMost: 1, from: 'issue 0' },
          met: false,
        },
      ],
    },
  ],
};

it('is one page with figures, plots and reasons, and loads nothing', () => {
  const page = renderHtml(REPORT);
  expect(page).toContain('Test &lt;CPU&gt;, 2 cores');
  expect(page).toContain('Made up &amp; measured');
  expect(page).toContain('No &lt;device&gt;.');
  expect(page).toContain('MISSED: at most 1.00 (issue 0)');
  expect(page).toContain('<svg');
  expect(page).not.toMatch(/\b(?:src|href)=|url\(|@import/);
});

it('places medians on a linear scale from zero', () => {
  const rows = [10, 40].map((figure) => ({ label: `${figure}`, spread: spreadOf([figure]) }));
  const plot = rangePlot('time', 'ms', rows);
  // The scale ends at 40 and is 420 wide, from 270.
  expect([...plot.matchAll(/cx="([\d.]+)"/g)].map(([, at]) => Number(at))).toEqual([375, 690]);
  expect(plot).not.toContain('logarithmic');
});

it('takes a logarithmic scale where a large value would hide the others, and says so', () => {
  const rows = [1, 1000].map((figure) => ({ label: `${figure}`, spread: spreadOf([figure]) }));
  const plot = rangePlot('time', 'ms', rows);
  expect([...plot.matchAll(/cx="([\d.]+)"/g)].map(([, at]) => Number(at))).toEqual([270, 690]);
  expect(plot).toContain('time, ms, logarithmic scale');
});

it.each([
  [0, '0'],
  [0.00001234, '0.00001'],
  [0.0123, '0.0123'],
  [1.25, '1.25'],
  [12.34, '12.3'],
  [123.4, '123'],
  [12_345.6, '12,346'],
  [-2.5, '-2.50'],
])('writes %d as %s', (figure, text) => {
  expect(formatFigure(figure)).toBe(text);
});
