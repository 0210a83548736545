import type { ConformanceCase } from '../conformance-case.ts';
import { LEAK_CASES } from './k10-leak.ts';
import { SIDE_EFFECT_CASES } from './k11-side-effects.ts';
import { REMEMBERING_CASES } from './k12-remembering.ts';
import { TWICE_CASES } from './k13-twice.ts';
import { MANIFEST_CASES } from './k1-manifest.ts';
import { PREDICATE_CASES } from './k2-predicate.ts';
import { OPT_IN_CASES } from './k3-opt-in.ts';
import { PROBE_CASES } from './k4-probe.ts';
import { LIFE_CYCLE_CASES } from './k5-life-cycle.ts';
import { LOOP_CASES } from './k6-loop-delay.ts';
import { NUMBER_CASES } from './k7-numbers.ts';
import { PLACEMENT_CASES } from './k8-placement.ts';
import { OPTION_CASES } from './k9-options.ts';

/** Every case of the kit, in the order in which they run. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = Object.freeze([
  ...MANIFEST_CASES,
  ...PREDICATE_CASES,
  ...OPT_IN_CASES,
  ...PROBE_CASES,
  ...LIFE_CYCLE_CASES,
  ...LOOP_CASES,
  ...NUMBER_CASES,
  ...PLACEMENT_CASES,
  ...OPTION_CASES,
  ...LEAK_CASES,
  ...SIDE_EFFECT_CASES,
  ...REMEMBERING_CASES,
  ...TWICE_CASES,
]);
