import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cacheDirectory } from './cache-directory.ts';

it.each([
  ['linux', {}, '/homes/ada', '/homes/ada/.cache/switchyard'],
  ['linux', { XDG_CACHE_HOME: '/var/cache/ada' }, '/homes/ada', '/var/cache/ada/switchyard'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, '/homes/ada', '/homes/ada/.cache/switchyard'],
  ['linux', { XDG_CACHE_HOME: '' }, '/homes/ada', '/homes/ada/.cache/switchyard'],
  ['freebsd', {}, '/homes/ada', '/homes/ada/.cache/switchyard'],
  ['darwin', { XDG_CACHE_HOME: '/elsewhere' }, '/Users/someone', '/Users/someone/Library/Caches/switchyard'],
  [
    'win32',
    { LOCALAPPDATA: String.raw`D:\Local` },
    String.raw`C:\Users\someone`,
    String.raw`D:\Local\switchyard`,
  ],
  ['win32', {}, String.raw`C:\Users\someone`, String.raw`C:\Users\someone\AppData\Local\switchyard`],
  ['linux', { SWITCHYARD_CACHE_DIR: '/mnt/fast', XDG_CACHE_HOME: '/x' }, '/homes/ada', '/mnt/fast'],
  ['darwin', { SWITCHYARD_CACHE_DIR: '/mnt/fast' }, '/Users/someone', '/mnt/fast'],
  ['win32', { SWITCHYARD_CACHE_DIR: String.raw`E:\fast` }, String.raw`C:\Users\someone`, String.raw`E:\fast`],
  ['linux', { SWITCHYARD_CACHE_DIR: '' }, '/homes/ada', '/homes/ada/.cache/switchyard'],
])('%s with %o', (platform, environment, home, expected) => {
  expect(cacheDirectory({ platform, environment, home })).toBe(expected);
});

it.each([
  ['linux', '/home/someone/project', 'cache', '/home/someone/project/cache'],
  ['darwin', '/home/someone/project', '../cache', '/home/someone/cache'],
  ['linux', '/home/someone/project', '/mnt/fast', '/mnt/fast'],
  ['win32', String.raw`C:\project`, 'cache', String.raw`C:\project\cache`],
])('%s: from %s, %j is %s', (platform, cwd, named, expected) => {
  const environment = { SWITCHYARD_CACHE_DIR: named };
  expect(cacheDirectory({ environment, cwd, platform, home: '/homes/ada' })).toBe(expected);
});

it('is that of this process and this person where nothing else is said', () => {
  expect(cacheDirectory({ environment: { SWITCHYARD_CACHE_DIR: 'cache' } })).toBe(resolve('cache'));
  const { platform } = process;
  const expected = cacheDirectory({ environment: {}, platform, home: homedir() });
  expect(cacheDirectory({ environment: {} })).toBe(expected);
  const name = platform === 'win32' ? 'USERPROFILE' : 'HOME';
  expect(cacheDirectory({ environment: { [name]: '' } })).toBe(expected);
});

it.each([
  ['linux', { HOME: '/homes/bob', USERPROFILE: '/elsewhere' }, '/homes/bob/.cache/switchyard'],
  [
    'win32',
    { HOME: '/elsewhere', USERPROFILE: String.raw`D:\homes\bob` },
    String.raw`D:\homes\bob\AppData\Local\switchyard`,
  ],
])('%s: takes the home of the environment %o', (platform, environment, expected) => {
  expect(cacheDirectory({ environment, platform })).toBe(expected);
});
