import { describe, expect, it } from 'vitest';
import { makeReason } from './make-reason.ts';

describe('makeReason', () => {
  it('lists values by their paths, in the order in which they were given', () => {
    const evidence = { 'nvidia.gpus': [], accelerators: null, '/proc/self/fd': undefined };
    expect(makeReason('hardware-absent', 'There is no GPU.', evidence, 'Put one in.')).toEqual({
      code: 'hardware-absent',
      message: 'There is no GPU.',
      evidence: [
        { path: 'nvidia.gpus', value: [] },
        { path: 'accelerators', value: null },
        { path: '/proc/self/fd', value: undefined },
      ],
      remedy: 'Put one in.',
    });
    expect(makeReason('probe-timeout', 'It took too long.', {}, null).evidence).toEqual([]);
  });

  it('takes a list as it is, so that two values of one path stay', () => {
    const evidence = [
      { path: 'stderr', value: 'one' },
      { path: 'stderr', value: 'two' },
    ];
    expect(makeReason('probe-failed', 'It failed.', evidence, null).evidence).toBe(evidence);
    expect(makeReason('probe-failed', 'It failed.', [], null).evidence).toEqual([]);
  });
});
