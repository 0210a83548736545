import { EngineError } from '@switchyard/core';
import { expect, it } from 'vitest';
import { openError } from './open-error.ts';

// Texts of engines that this machine may not have. Where each was read: backends-and-engines notes, CUDA runtime.
it.each([
  ['cuda', 'CUDA failure 100: no CUDA-capable device is detected', true, 'hardware-absent'],
  [
    'cuda',
    'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version',
    true,
    'driver-mismatch',
  ],
  [
    'cuda',
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
    false,
    'artifact-missing',
  ],
  [
    'cuda',
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
    true,
    'runtime-library-missing',
  ],
  ['webgpu', 'Failed to get a WebGPU adapter: No supported adapters.', true, 'hardware-absent'],
  ['cpu', 'std::bad_alloc', true, 'probe-failed'],
  ['coreml', 'something that nobody foresaw', true, 'probe-failed'],
] as const)('%s: %s', (provider, text, providerLibraryPresent, code) => {
  const thrown = new Error(text);
  const error = openError({ backend: 'test', provider, model: 'test', providerLibraryPresent }, thrown);
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code, cause: thrown });
  expect(error.message).toContain(text.replace(/\.$/, ''));
});
