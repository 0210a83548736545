import { expect, it } from 'vitest';
import { inheritedNodeFlags } from './node-flags.ts';

it.each([
  [['--conditions=a', '--inspect-brk=9229', '--max-old-space-size=64'], ['--conditions=a']],
  [
    ['-C', 'a', '--prof', '--import', './hook.mjs'],
    ['-C', 'a', '--import', './hook.mjs'],
  ],
  [
    ['--import=tsx', '-r', './first.cjs'],
    ['--import=tsx', '-r', './first.cjs'],
  ],
  [
    ['--experimental-strip-types', '--cpu-prof', '-C'],
    ['--experimental-strip-types', '-C'],
  ],
  [['--eval', '--conditions=a', 'toString'], ['--conditions=a']],
  [[], []],
])('of %j keeps %j', (flags, kept) => {
  expect(inheritedNodeFlags(flags)).toEqual(kept);
});
