import { describe, expect, it } from 'vitest';
import { CUDA_12, CUDA_13, known, notKnown, nvidiaFacts } from './__fixtures__/nvidia-facts.ts';
import { cudaLibraries } from './cuda-libraries.ts';

function without(names: readonly string[], ...stems: readonly string[]): readonly string[] {
  return names.filter((name) => !stems.some((stem) => name.startsWith(`${stem}.`)));
}

function blockersOf(libraries: readonly string[], driver = true): readonly string[] {
  return cudaLibraries(nvidiaFacts({ libraries }), driver).blockers.map(({ message }) => message);
}

describe('cudaLibraries', () => {
  it.each([
    ['CUDA 12', CUDA_12],
    ['CUDA 13', CUDA_13],
    ['both', [...CUDA_12, ...CUDA_13]],
    ['with minor versions', CUDA_12.map((name) => `${name}.4.127`)],
  ])('finds %s complete', (_name, libraries) => {
    expect(cudaLibraries(nvidiaFacts({ libraries }), true)).toEqual({ notes: [], blockers: [] });
  });

  it.each(['libcudart', 'libcublas', 'libcublasLt', 'libcufft', 'libcudnn'])('misses %s', (family) => {
    for (const release of [CUDA_12, CUDA_13]) {
      const [message, ...rest] = blockersOf(without(release, family));
      expect(message).toContain(`: \`${family}\` not found.`);
      expect(rest).toEqual([]);
    }
  });

  it('names the majors that are there', () => {
    const [message] = blockersOf([
      ...without(CUDA_12, 'libcudart', 'libcudnn'),
      'libcudart.so.11',
      'libcudnn.so.8',
    ]);
    expect(message).toContain('`libcudart` is there as `.so.11`, not as `.so.12` or `.so.13`');
    expect(message).toContain('`libcudnn` is there as `.so.8`, not as `.so.9`');
    expect(message).not.toContain('not found');
  });

  it('does not mix releases', () => {
    const [message] = blockersOf([...without(CUDA_12, 'libcublas'), 'libcublas.so.13']);
    expect(message).toContain('belong to different CUDA releases');
    expect(message).toContain('`libcublas.so.13`');
  });

  it('does not take a similar name for the library', () => {
    const similar = ['libcudadebugger.so.1', 'libcudnn_ops.so.9', 'libcublasLt_static.so.12', 'libcudart.so'];
    const messages = blockersOf(similar);
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain('does not find its library `libcuda.so.1`');
    expect(messages[1]).toContain('Found: none of them');
  });

  it("wants the driver's own library only where there is a driver", () => {
    expect(blockersOf(without(CUDA_12, 'libcuda'))).toEqual([expect.stringContaining('`libcuda.so.1`')]);
    expect(blockersOf(without(CUDA_12, 'libcuda'), false)).toEqual([]);
  });

  it('leaves libcurand to the provider library, which tells whether it needs it', () => {
    expect(cudaLibraries(nvidiaFacts({ libraries: without(CUDA_12, 'libcurand') }), true)).toEqual({
      notes: [],
      blockers: [],
    });
  });

  it.each([
    [
      '470.256.02',
      CUDA_12,
      'The NVIDIA driver is 470.256.02, and CUDA 12, whose libraries are the ones here, needs 525',
    ],
    [
      '570.86.15',
      CUDA_13,
      'The NVIDIA driver is 570.86.15, and CUDA 13, whose libraries are the ones here, needs 580',
    ],
    ['570.86.15', [...CUDA_12, ...CUDA_13], null],
    ['570.86.15', CUDA_12, null],
    ['580.65.06', CUDA_13, null],
    ['of a kind that nobody knows', CUDA_13, null],
  ])('compares the driver %s with the release that is here', (version, libraries, message) => {
    const { blockers } = cudaLibraries(nvidiaFacts({ libraries, driverVersion: known(version) }), true);
    expect(blockers.map((one) => one.code)).toEqual(message === null ? [] : ['driver-mismatch']);
    if (message !== null) expect(blockers[0]?.message).toContain(message);
  });

  it('shows toolkit variables as evidence and counts them for nothing', () => {
    const facts = nvidiaFacts({ libraries: ['libcuda.so.1'], variables: { CUDA_HOME: '/usr/local/cuda' } });
    const [blocker] = cudaLibraries(facts, true).blockers;
    expect(blocker?.code).toBe('runtime-library-missing');
    expect(blocker?.evidence).toContainEqual({ path: 'variables.CUDA_HOME', value: '/usr/local/cuda' });
  });

  it('blocks nothing where libraries are not known', () => {
    const { notes, blockers } = cudaLibraries(nvidiaFacts({ libraries: notKnown('no cache') }), true);
    expect(blockers).toEqual([]);
    expect(notes.map(({ message }) => message)).toEqual([expect.stringContaining('no cache')]);
  });
});
