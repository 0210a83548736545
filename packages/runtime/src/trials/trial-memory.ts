import { createHash } from 'node:crypto';
import { reasonProblem, type TrialName, type TrialNotRun, type TrialOutcome } from '@switchyard/core';
import type { TrialStore } from './hash-model.ts';
import { trialPolicy, type TrialPolicyChanges } from './trial-policy.ts';
import { TRIAL_NAMES, type TrialResults, type TrialSubject } from './trial-types.ts';

/** Verdicts of one backend with one model. */
export type RememberedTrials = Pick<TrialResults, 'trials' | 'notRun'> & {
  /** Whether they ran on a caller's own inputs. */
  readonly inputs: 'given' | 'generated';
};

/** What is remembered from one start to the next. */
export interface TrialMemory {
  /** What is known; empty lists where nothing is. */
  recall(candidate: TrialSubject, reference: TrialSubject): Promise<RememberedTrials>;
  /** Remembers verdicts instead of those that were remembered before. */
  remember(candidate: TrialSubject, reference: TrialSubject, results: RememberedTrials): Promise<void>;
}

export interface TrialMemoryOptions {
  readonly store: TrialStore;
  /** Hash of the model, as `hashModel` gives it. */
  readonly modelHash: string;
  /** What verdicts of a backend on a device depend on: versions, driver, OS build, environment. */
  readonly fingerprintOf: (subject: TrialSubject) => Promise<string> | string;
  /** (optional) Parts of the policy that differ from the published one. Default: none. */
  readonly policy?: TrialPolicyChanges;
}

/** What a verdict is remembered under. */
export interface TrialKeyParts {
  readonly modelHash: string;
  /** Fingerprints of the backend that was tried and of the reference. */
  readonly fingerprints: { readonly candidate: string; readonly reference: string };
  readonly candidate: TrialSubject;
  readonly reference: TrialSubject;
  readonly policy?: TrialPolicyChanges;
}

const NOTHING: RememberedTrials = Object.freeze({ trials: [], notRun: [], inputs: 'generated' });
const KIND = 'trials';
const SCHEMA = 'switchyard-trials-1';
/** A trial that gave no verdict, because the machine was busy for example, is worth another try after a day. */
const RETRY_MS = 24 * 60 * 60 * 1000;

/** Sixty-four hexadecimal digits; the same only where every verdict is bound to be the same. */
export function trialKey({ modelHash, fingerprints, candidate, reference, policy }: TrialKeyParts): string {
  const parts = [
    SCHEMA,
    modelHash,
    fingerprints.candidate,
    fingerprints.reference,
    subjectKey(candidate),
    subjectKey(reference),
    trialPolicy(policy),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function subjectKey({ backend, device, options = {} }: TrialSubject): unknown {
  return [
    backend.manifest.id,
    backend.manifest.package,
    device,
    Object.entries(options).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  ];
}

/** Remembers verdicts in a store, under everything that they depend on. */
export function createTrialMemory(options: TrialMemoryOptions): TrialMemory {
  const { store, modelHash, fingerprintOf, policy = {} } = options;
  const keyOf = async (candidate: TrialSubject, reference: TrialSubject): Promise<string> => {
    const fingerprints = {
      candidate: await fingerprintOf(candidate),
      reference: await fingerprintOf(reference),
    };
    return trialKey({ modelHash, fingerprints, candidate, reference, policy });
  };
  return {
    async recall(candidate, reference) {
      const found = await store.read(KIND, await keyOf(candidate, reference));
      if (found === null || !isRemembered(found.value)) return NOTHING;
      const { trials, notRun, inputs } = found.value;
      return { trials, notRun: found.ageMs > RETRY_MS ? [] : notRun, inputs };
    },
    async remember(candidate, reference, { trials, notRun, inputs }) {
      await store.write(KIND, await keyOf(candidate, reference), { trials, notRun, inputs });
    },
  };
}

function isRemembered(value: unknown): value is RememberedTrials {
  if (!isRecord(value)) return false;
  const { trials, notRun, inputs } = value;
  return (
    (inputs === 'given' || inputs === 'generated') &&
    Array.isArray(trials) &&
    Array.isArray(notRun) &&
    trials.every((outcome) => isOutcome(outcome)) &&
    notRun.every((one) => isNotRun(one))
  );
}

function isOutcome(value: unknown): value is TrialOutcome {
  if (!isRecord(value) || !isTrialName(value['trial']) || !isWhen(value['when'])) return false;
  if (value['passed'] === false) return reasonProblem(value['reason']) === null;
  const { evidence } = value;
  return (
    value['passed'] === true &&
    Array.isArray(evidence) &&
    evidence.every((item) => isRecord(item) && typeof item['path'] === 'string')
  );
}

function isNotRun(value: unknown): value is TrialNotRun {
  return (
    isRecord(value) &&
    isTrialName(value['trial']) &&
    typeof value['why'] === 'string' &&
    value['why'] !== '' &&
    isWhen(value['when'])
  );
}

function isTrialName(value: unknown): value is TrialName {
  return TRIAL_NAMES.includes(value as TrialName);
}

function isWhen(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
