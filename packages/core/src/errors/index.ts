export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export { EngineError } from './engine-error.ts';
export { ExecutionError } from './execution-error.ts';
export { ModelError } from './model-error.ts';
export { RegistrationError } from './registration-error.ts';
export { SelectionError } from './selection-error.ts';
export { SettingsError } from './settings-error.ts';
export { SwitchyardError } from './switchyard-error.ts';
export { TensorError } from './tensor-error.ts';
