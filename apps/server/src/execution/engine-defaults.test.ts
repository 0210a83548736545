import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRegistry } from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { engineDefaults, threadsOfInstance } from './engine-defaults.ts';

const registry = createRegistry([createCpuBackend(), mockBackend()]);
const { id: other } = mockBackend().manifest;

it('lets idle threads sleep, for backends that have the option', () => {
  expect(engineDefaults(registry, null)).toEqual({ cpu: { allowSpinning: false }, [other]: {} });
});

it('gives each instance its whole part of the cores, for backends that take a number of threads', () => {
  expect(engineDefaults(registry, threadsOfInstance(3, 8))).toMatchObject({ cpu: { intraOpThreads: 2 } });
  expect(engineDefaults(registry, threadsOfInstance(8, 2))).toMatchObject({ cpu: { intraOpThreads: 1 } });
});
