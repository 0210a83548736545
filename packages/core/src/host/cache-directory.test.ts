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
