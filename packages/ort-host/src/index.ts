export { findOrtPackage, type OrtPackage } from './find-ort-package.ts';
export { openOrtSession, type OrtOpenRequest } from './open-ort-session.ts';
export { ORT_DTYPES, ORT_NATIVE_GROUP, ORT_VERSION } from './ort-facts.ts';
export { ortPlatformReason, type OrtPlatformAnswer } from './ort-platform-reason.ts';
export type { OrtProvider } from './ort-provider.ts';
export { ORT_SESSION_OPTIONS } from './ort-session-options.ts';
export { mappedFiles } from './mapped-libraries.ts';
export {
  parsePlacementProfile,
  type ProfiledProvider,
  type ProfiledRun,
} from './placement/parse-placement-profile.ts';
export {
  parseVerbosePlacement,
  type LoggedPlacement,
  type LoggedProvider,
} from './placement/parse-verbose-placement.ts';
export { placementByVerboseLog, type VerbosePlacementRequest } from './placement/placement-by-verbose-log.ts';
export type { PlacementLogResult } from './placement/read-placement-log.ts';
export { probeOrtProvider, type OrtProbeRequest } from './probe-ort-provider.ts';
export { VERSION } from './version.ts';
