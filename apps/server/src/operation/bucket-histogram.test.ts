import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { BucketHistogram } from './bucket-histogram.ts';

const BOUNDS = [0.5, 1, 10];
const VALUES = [0, 0.5, 0.50001, 1, 9.99, 10, 10.5, 1e9];

test('prints what prom-client prints of the same observations', async () => {
  const [registry, theirRegistry] = [new Registry(), new Registry()];
  const ours = new BucketHistogram('seconds', 'Some time.', BOUNDS, registry);
  const theirs = new Histogram({
    name: 'seconds',
    help: 'Some time.',
    labelNames: ['model', 'version'],
    buckets: BOUNDS,
    registers: [theirRegistry],
  });
  for (const version of ['1', '2']) {
    const labels = { model: 'a "b"\\', version };
    const series = ours.series(labels);
    for (const value of VALUES) {
      series.observe(value);
      theirs.observe(labels, value);
    }
  }
  const page = await registry.metrics();
  expect(page).toContain('seconds_bucket{le="10",model="a \\"b\\"\\\\",version="1"} 6');
  expect(page).toBe(await theirRegistry.metrics());
  ours.remove({ model: 'a "b"\\', version: '1' });
  expect(await registry.metrics()).not.toContain('version="1"');
});

test('labels that are asked for again go on from their counts', () => {
  const histogram = new BucketHistogram('seconds', 'Some time.', BOUNDS, new Registry());
  histogram.series({ model: 'm' }).observe(2);
  expect(histogram.series({ model: 'm' }).counts).toEqual(Float64Array.of(0, 0, 1, 0));
});
