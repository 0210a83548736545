export type { CalibrationRequest } from './calibrate-candidates.ts';
export { createRuntime, type ProbeRequest, type Runtime, type RuntimeOptions } from './create-runtime.ts';
export type { IsolatedRunOptions, IsolationEvent, SessionIsolation } from './isolation/isolated-session.ts';
export type { IsolationOptions } from './isolation/open-isolated.ts';
export type { SharedMemoryChoice } from './isolation/shared-folder.ts';
export { startSpareProcess, type SpareProcess } from './isolation/spare-process.ts';
export { lookForArtifacts } from './look-for-artifacts.ts';
export type { IsolationPolicy } from './open-session.ts';
export { type OpenRequest, requestStatements } from './open-request.ts';
export type { ModelInput, RunOptions, Session } from './session.ts';
export { probeAll, probeOutcomes, type ProbeAllRequest, type ProbeReport } from './probe/probe-all.ts';
export { probeBackend, type ProbeBackendRequest } from './probe/probe-backend.ts';
export { PROBE_DEADLINES, type ProbeDeadlines } from './probe/probe-deadlines.ts';
export { probeFingerprint, type ProbeFingerprintInput } from './probe/probe-fingerprint.ts';
export {
  probeOutcome,
  type ProbeEvidence,
  type ProbeLevel,
  type ProbeLevelName,
  type ProbeLevelStatus,
  type ProbeRecord,
} from './probe/probe-record.ts';
export { rememberedProbe, rememberProbe, type RememberedProbe } from './probe/remembered-probe.ts';
export { cacheDirectory, type CacheDirectoryInput } from '@switchyard/core/host';
export {
  openStore,
  type Remembered,
  type Store,
  type StoreListing,
  type StoreOptions,
} from './store/open-store.ts';
export {
  calibrate,
  type CalibratedBackend,
  type CalibrateRequest,
  type Calibration,
  type Measured,
} from './trials/calibrate.ts';
export { compareTensors, type OutputComparison } from './trials/compare-tensors.ts';
export {
  generateFeeds,
  type FeedHints,
  type GeneratedFeeds,
  type GenerateFeedsRequest,
} from './trials/generate-feeds.ts';
export { hashModel, type HashModelOptions, type TrialStore } from './trials/hash-model.ts';
export type { PlacementShare } from './trials/judge-placement.ts';
export type { SpeedFigures, Spread } from './trials/judge-speed.ts';
export { openTrialMemory, type OpenTrialMemoryRequest } from './trials/open-trial-memory.ts';
export { runTrials } from './trials/run-trials.ts';
export { TOLERANCES, type Tolerance, type Tolerances } from './trials/tolerances.ts';
export { TRIAL_CLOCK, type TrialClock } from './trials/trial-clock.ts';
export {
  createTrialMemory,
  trialKey,
  type RememberedTrials,
  type TrialKeyParts,
  type TrialMemory,
  type TrialMemoryOptions,
} from './trials/trial-memory.ts';
export {
  TRIAL_POLICY,
  trialPolicy,
  type TrialPolicy,
  type TrialPolicyChanges,
} from './trials/trial-policy.ts';
export { residentBytesOf, trialProcesses } from './trials/trial-process.ts';
export {
  TRIAL_NAMES,
  type OpenForTrial,
  type RunTrialsRequest,
  type TrialFigures,
  type TrialResults,
  type TrialSettings,
  type TrialSubject,
} from './trials/trial-types.ts';
export {
  TRIAL_MODES,
  tryCandidates,
  type TriedCandidates,
  type TrialMode,
  type TryCandidatesRequest,
} from './trials/try-candidates.ts';
