export * from './backend/v1/index.ts';
export { checkOptions, parseOptionText } from './backend/v1/check-options.ts';
export { makeReason } from './backend/v1/make-reason.ts';
export * from './errors/index.ts';
export type {
  AcceleratorFacts,
  CpuFacts,
  EnvironmentKindFacts,
  Fact,
  HostFacts,
  LibcFacts,
  LibraryFacts,
  MemoryFacts,
  NodeFacts,
  NvidiaFacts,
  NvidiaGpuFacts,
  OsFacts,
  Provenance,
  VulkanDriverFacts,
} from './host/host-facts.ts';
export { checkBackend, SUPPORTED_VERSIONS, type CheckedBackend } from './registry/check-backend.ts';
export { createRegistry, type Registry } from './registry/create-registry.ts';
export {
  knownAliases,
  knownId,
  type InstalledBackend,
  type KnownBackend,
  type NotInstalledBackend,
  type NotListedBackend,
  type ProbeOutcome,
  type TrialName,
  type TrialNotRun,
  type TrialOutcome,
  type UnusableBackend,
} from './selection/known-backend.ts';
export { REASON_CODES, type ReasonCode } from './selection/reason-codes.ts';
export { renderSelection, renderSelectionLine } from './selection/render-selection.ts';
export {
  askPredicate,
  deviceProblem,
  errorText,
  reasonProblem,
  type CheckedAnswer,
} from './selection/check-predicate-answer.ts';
export { pluginBug } from './selection/evaluate-candidate.ts';
export { findDevice } from './selection/choose-devices.ts';
export type { SelectInput } from './selection/select-input.ts';
export { select, selectDevice } from './selection/select.ts';
export { standingBlockers } from './selection/standing-blockers.ts';
export { simulateInstalled } from './selection/simulate-installed.ts';
export type {
  CandidateProbe,
  CandidateReport,
  CandidateStatus,
  EffectiveSetting,
  GateAnswer,
  Gates,
  RequestReport,
  SelectionReport,
  SelectionWarning,
  TrialReport,
} from './selection/selection-report.ts';
export { backendNames, type BackendNames } from './settings/backend-names.ts';
export { BOOLEAN_SPELLINGS, parseBoolean } from './settings/boolean-spelling.ts';
export {
  PROJECT_CONFIG,
  readConfigFiles,
  userConfigFile,
  type ConfigFiles,
} from './settings/read-config-files.ts';
export { readSettings, type SettingsRead } from './settings/read-settings.ts';
export { resolveSettings } from './settings/resolve-settings.ts';
export type {
  Permission,
  ResolvedRequest,
  ResolvedSettings,
  SettingsProblem,
} from './settings/resolved-settings.ts';
export {
  FALLBACK_POLICIES,
  SETTING_LAYERS,
  type FallbackPolicy,
  type SettingLayer,
  type SettingSource,
  type SettingStatement,
} from './settings/setting-statement.ts';
export { statementsFromConfig } from './settings/statements-from-config.ts';
export { statementsFromEnvironment, useVariable } from './settings/statements-from-environment.ts';
export { takeSelectionFlags, VALUE_FLAGS } from './settings/take-selection-flags.ts';
export { DTYPES, bitsPerElement, isDType, type DType } from './tensor/dtype.ts';
export type { NumericTensor, StringTensor, Tensor, Tensors, ValueInfo } from './tensor/tensor.ts';
export { checkFeeds, checkOutputNames, describeValue } from './tensor/check-feeds.ts';
export { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './tensor/float16.ts';
export { makeTensor, tensorFromBytes } from './tensor/make-tensor.ts';
export { putNamed } from './tensor/put-named.ts';
export { byteLength, elementCount } from './tensor/tensor-shape.ts';
export { tensorValues } from './tensor/tensor-values.ts';
export { deepFreeze } from './util/deep-freeze.ts';
export { escapeHtml } from './util/escape-html.ts';
export { nearestName } from './util/nearest-name.ts';
