import { expect, it, vi } from 'vitest';
import { WORKSTATION } from './__fixtures__/nvidia-facts.ts';

it('loads nothing native and leaves the environment alone on import, on creation and in the predicate', async () => {
  const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
    throw new Error('Something native was loaded.');
  });
  const before = { ...process.env };
  const { createCudaBackend } = await import('./index.ts');
  const backend = createCudaBackend();
  expect(backend.predicate(WORKSTATION).eligible).toBe('yes');
  await backend.doArtifacts?.(WORKSTATION);
  expect(dlopen).not.toHaveBeenCalled();
  expect({ ...process.env }).toEqual(before);
  dlopen.mockRestore();
});
