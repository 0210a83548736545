import { describe, expect, it } from 'vitest';
import { runChild } from './__fixtures__/run-child.ts';

const open = (options: object) => {
  const ended = runChild('open-in-child.ts', JSON.stringify(options));
  expect(ended.stderr === '' || 'logSeverity' in options, ended.stderr).toBe(true);
  expect(ended).toMatchObject({ status: 0, stdout: '' });
  return {
    ...(JSON.parse(ended.said) as {
      readonly values: readonly number[];
      readonly workers: number;
      readonly globals: readonly string[];
      readonly variables: readonly string[];
    }),
    stderr: ended.stderr,
  };
};

describe('a process with the engine in it', () => {
  it('prints nothing, changes no global and no variable, and ends by itself', () => {
    for (const intraOpThreads of [1, 3]) {
      expect(open({ intraOpThreads })).toMatchObject({ globals: [], variables: [], stderr: '' });
    }
  });
});

describe('options', () => {
  it('intraOpThreads: threads beside the calling one, with the same result', () => {
    const [one, three] = [open({ intraOpThreads: 1 }), open({ intraOpThreads: 3 })];
    expect([one.workers, three.workers]).toEqual([0, 2]);
    expect(three.values).toEqual(one.values);
  });

  it('logSeverity: what is written to standard error', () => {
    expect(open({ logSeverity: 'info' }).stderr).toMatch(/\[I:onnxruntime/);
    expect(open({ logSeverity: 'error' }).stderr).toBe('');
  });

  it('graphOptimization: what is done to the graph', () => {
    const fused = (graphOptimization: string) =>
      open({ graphOptimization, logSeverity: 'info' }).stderr.match(/GraphTransformer \w+ modified: 1/g) ??
      [];
    expect(fused('disabled')).toEqual([]);
    expect(fused('extended')).toContain('GraphTransformer GemmActivationFusion modified: 1');
    expect(fused('basic')).not.toContain('GraphTransformer GemmActivationFusion modified: 1');
  });
});
