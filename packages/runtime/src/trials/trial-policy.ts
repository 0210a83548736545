import { TOLERANCES, type Tolerances } from './tolerances.ts';

/** What a backend has to show before an automatic choice keeps it. Part of the key under which a verdict is remembered. */
export interface TrialPolicy {
  readonly placement: {
    /** Least share of the execution time, from 0 to 1, on the device's own execution providers. */
    readonly minimumTimeShare: number;
    /** Least share of the nodes, from 0 to 1, where the engine does not tell the time. */
    readonly minimumNodeShare: number;
    /**
     * Whether operators that only compute shapes may run on the CPU without counting against the share of
     * nodes. Engines put them there on purpose, and only a list by operator can tell.
     */
    readonly allowHostShapeOps: boolean;
  };
  readonly parity: { readonly tolerances: Tolerances };
  readonly speed: {
    /** Runs of each before anything is measured. */
    readonly warmUps: number;
    readonly minimumRounds: number;
    readonly maximumRounds: number;
    /** Milliseconds of measuring after which no round is added to the least number. */
    readonly milliseconds: number;
    /** Ratio of the medians above which a backend may be called slower than the CPU. */
    readonly maximumRatio: number;
  };
  readonly budget: {
    /** Milliseconds for everything, opening and compiling included. */
    readonly milliseconds: number;
    /** Bytes that models, inputs and results may take together, by their sizes. */
    readonly bytes: number;
  };
}

/** Parts of a policy that differ from {@link TRIAL_POLICY}. */
export type TrialPolicyChanges = {
  readonly [Part in keyof TrialPolicy]?: Partial<TrialPolicy[Part]>;
};

/**
 * The published policy: half of the time on the device (or half of the nodes, shape arithmetic aside),
 * results within the tolerances of their types, a median of at most 1.05 times that of the CPU, all of it
 * in two minutes and 4 GiB.
 */
export const TRIAL_POLICY: TrialPolicy = Object.freeze({
  placement: { minimumTimeShare: 0.5, minimumNodeShare: 0.5, allowHostShapeOps: true },
  parity: { tolerances: TOLERANCES },
  speed: { warmUps: 2, minimumRounds: 7, maximumRounds: 21, milliseconds: 10_000, maximumRatio: 1.05 },
  budget: { milliseconds: 120_000, bytes: 4 * 1024 ** 3 },
});

/** The published policy with some of its parts replaced. */
export function trialPolicy(changes: TrialPolicyChanges = {}): TrialPolicy {
  return {
    placement: { ...TRIAL_POLICY.placement, ...changes.placement },
    parity: { ...TRIAL_POLICY.parity, ...changes.parity },
    speed: { ...TRIAL_POLICY.speed, ...changes.speed },
    budget: { ...TRIAL_POLICY.budget, ...changes.budget },
  };
}
