export { createRuntime, type Runtime, type RuntimeOptions } from './create-runtime.ts';
export { lookForArtifacts } from './look-for-artifacts.ts';
export { type OpenRequest, requestStatements } from './open-request.ts';
export type { ModelInput, RunOptions, Session } from './session.ts';
