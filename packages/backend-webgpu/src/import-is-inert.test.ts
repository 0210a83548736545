import { expect, it, vi } from 'vitest';
import { LAVAPIPE, linuxWith } from './__fixtures__/gpu-facts.ts';

it('loads nothing native and leaves the environment alone on import, on creation and in the predicate', async () => {
  const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
    throw new Error('Something native was loaded.');
  });
  const before = { ...process.env };
  const { createWebgpuBackend } = await import('./index.ts');
  const backend = createWebgpuBackend();
  expect(backend.predicate(linuxWith([LAVAPIPE])).eligible).toBe('yes');
  expect(dlopen).not.toHaveBeenCalled();
  expect({ ...process.env }).toEqual(before);
  dlopen.mockRestore();
});
