export { coreMlFlags, type CoreMlChoice } from './coreml-flags.ts';
export { coremlPredicate } from './coreml-predicate.ts';
export { COREML_UNITS, type CoreMlUnits } from './coreml-units.ts';
export { createMpsCoremlBackend, type MpsCoremlBackendOptions } from './create-mps-coreml-backend.ts';
export { VERSION } from './version.ts';
