import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRegistry } from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { threadDefaults } from './thread-defaults.ts';

it('gives each instance its whole part of the cores, for backends that take a number of threads', () => {
  const registry = createRegistry([createCpuBackend(), mockBackend()]);
  expect(threadDefaults(registry, 3, 8)).toEqual({ cpu: { intraOpThreads: 2 } });
  expect(threadDefaults(registry, 8, 2)).toEqual({ cpu: { intraOpThreads: 1 } });
});
