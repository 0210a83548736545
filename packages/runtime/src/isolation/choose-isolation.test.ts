import type { BackendV1, IsolationV1 } from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';
import { describe, expect, it } from 'vitest';
import { childArguments, threadArguments } from './child-arguments.ts';
import { chooseIsolation } from './choose-isolation.ts';

function backendOf(minimum: IsolationV1, recommended: IsolationV1, origin: boolean): BackendV1 {
  const mock = mockBackend({ manifest: { isolation: { minimum, recommended } } });
  return origin ? { ...mock, origin: { module: 'file:///none.js', factory: 'create', arguments: [] } } : mock;
}

describe('chooseIsolation', () => {
  it('takes what is recommended, or what was asked for', () => {
    expect(chooseIsolation(backendOf('inline', 'process', true), undefined)).toBe('process');
    expect(chooseIsolation(backendOf('inline', 'process', true), 'thread')).toBe('thread');
    expect(chooseIsolation(backendOf('thread', 'thread', true), 'process')).toBe('process');
    expect(chooseIsolation(backendOf('inline', 'process', false), undefined)).toBe('inline');
    expect(chooseIsolation(backendOf('inline', 'process', false), 'inline')).toBe('inline');
  });

  it.each<[BackendV1, IsolationV1 | undefined, string, string]>([
    [backendOf('process', 'process', true), 'thread', 'invalid-value', 'less isolation than `process`'],
    [backendOf('inline', 'process', false), 'process', 'invalid-value', 'no `origin`'],
    [backendOf('inline', 'inline', true), 'container' as IsolationV1, 'invalid-value', '`container`'],
    [backendOf('process', 'process', false), undefined, 'plugin-bug', 'no `origin`'],
  ])('refuses what cannot be had %#', (backend, asked, code, words) => {
    expect(() => chooseIsolation(backend, asked)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

describe('options of this process', () => {
  const given = [
    '--conditions=@switchyard/source',
    '-C',
    'other',
    '--inspect-brk=0',
    '--max-old-space-size=100',
    '--import',
    '/project/hooks.mjs',
    '--require',
    '/project/node_modules/vitest/suppress.cjs',
    '--input-type=module',
    '--test',
    '--test-name-pattern=x',
    '-e',
    'text --conditions=no',
  ];
  it('a child gets those that decide what a module is', () => {
    expect(childArguments(given)).toEqual([
      '--conditions=@switchyard/source',
      '-C',
      'other',
      '--max-old-space-size=100',
      '--import',
      '/project/hooks.mjs',
    ]);
  });

  it.each([
    ['--cpu-prof-interval 500 --cpu-prof-dir /tmp --conditions=a', '--conditions=a'],
    ['--unhandled-rejections strict -C a', '--unhandled-rejections strict -C a'],
    ['-e 0 --title name --import=tsx -r ./first.cjs', '--import=tsx -r ./first.cjs'],
    ['--conditions=a --cpu-prof -C', '--conditions=a -C'],
    ['', ''],
  ])('a value stays with its option: of `%s` a child gets `%s`', (words, kept) => {
    const split = (text: string): string[] => (text === '' ? [] : text.split(' '));
    expect(childArguments(split(words))).toEqual(split(kept));
  });

  it('a thread gets no limit of the process', () => {
    expect(threadArguments(given)).toEqual([
      '--conditions=@switchyard/source',
      '-C',
      'other',
      '--import',
      '/project/hooks.mjs',
    ]);
  });
});
