export { findOrtArtifacts, type OrtArtifact } from './find-ort-artifacts.ts';
export { openOrtSession } from './open-ort-session.ts';
export { ORT_DTYPES, ORT_NATIVE_GROUP, ORT_VERSION } from './ort-facts.ts';
export type { OrtOpenRequest } from './ort-open-request.ts';
export { ortPlatformReason, type OrtPlatformAnswer } from './ort-platform-reason.ts';
export type { OrtProvider } from './ort-provider.ts';
export { ORT_SESSION_OPTIONS } from './ort-session-options.ts';
export { probeOrtProvider } from './probe-ort-provider.ts';
