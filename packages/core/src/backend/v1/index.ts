export type {
  ArtifactCheckV1,
  BackendOriginV1,
  BackendV1,
  OpenContextV1,
  ProbeResultV1,
} from './backend-v1.ts';
export type { DeviceKind, DeviceV1 } from './device-v1.ts';
export type { BackendManifestV1, IsolationV1 } from './manifest-v1.ts';
export type { OptionSchemaV1, OptionSpecV1, OptionValuesV1 } from './options-v1.ts';
export type { PredicateAnswerV1, PredicateV1 } from './predicate-v1.ts';
export type { Evidence, Reason } from './reason-v1.ts';
export type { BackendRunOptionsV1, BackendSessionV1, ModelSourceV1, PlacementV1 } from './session-v1.ts';
