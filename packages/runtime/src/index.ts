export { createRuntime, type Runtime, type RuntimeOptions } from './create-runtime.ts';
export type { IsolatedRunOptions, SessionIsolation } from './isolation/isolated-session.ts';
export type { IsolationOptions } from './isolation/open-isolated.ts';
export type { SharedMemoryChoice } from './isolation/shared-folder.ts';
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
export { cacheDirectory, type CacheDirectoryInput } from './store/cache-directory.ts';
export {
  openStore,
  type Remembered,
  type Store,
  type StoreListing,
  type StoreOptions,
} from './store/open-store.ts';
