export type { CliContext, Output } from './cli-context.ts';
export { EXIT_STATUSES } from './exit-status.ts';
export type { ErrorDocument } from './report-error.ts';
export { runCli } from './run-cli.ts';
