import type { ReasonCode } from '@switchyard/core';

/** Reasons that speak of permission or preference, and say nothing about the machine. */
export const NOT_ABOUT_MACHINE: readonly ReasonCode[] = [
  'opt-in-not-given',
  'disabled-by-user',
  'lower-rank',
  'not-in-list',
  'explicit-request',
  'auto-preferred',
  'only-candidate',
  'measured-best',
  'fallback-allowed',
  'fallback-refused',
];
