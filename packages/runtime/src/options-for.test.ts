import { mockBackend } from '@switchyard/core/testing';
import { expect, it } from 'vitest';
import { optionsFor } from './options-for.ts';

const backend = mockBackend({
  manifest: { id: 'one', options: { threads: { type: 'integer', description: 'Threads.' } } },
});

it('defaults are those of the chosen backend, and weaker than what was asked for', () => {
  const defaults = { one: { threads: 2 }, other: { unknown: 1 } };
  expect(optionsFor(backend, { defaults })).toEqual({ threads: 2 });
  expect(optionsFor(backend, { defaults, options: { threads: 5 } })).toEqual({ threads: 5 });
  expect(optionsFor(backend, { defaults: { other: { unknown: 1 } } })).toEqual({});
  expect(() => optionsFor(backend, { defaults: { one: { unknown: 1 } } })).toThrow(/unknown/);
});
