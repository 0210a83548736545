import { expect, it, vi } from 'vitest';
import { M4_MAX } from './__fixtures__/mac-facts.ts';

it('loads nothing native and leaves the environment alone on import, on creation and in the predicate', async () => {
  const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
    throw new Error('Something native was loaded.');
  });
  const before = { ...process.env };
  const { createMpsCoremlBackend } = await import('./index.ts');
  expect(createMpsCoremlBackend().predicate(M4_MAX).eligible).toBe('yes');
  expect(dlopen).not.toHaveBeenCalled();
  expect({ ...process.env }).toEqual(before);
  dlopen.mockRestore();
});
