import {
  EngineError,
  ExecutionError,
  ModelError,
  SelectionError,
  SettingsError,
  TensorError,
  type SelectionReport,
} from '@switchyard/core';
import { AcquireError } from './acquisition/acquire-error.ts';
import { UsageError } from './usage-error.ts';

/** What the program says to the shell when it ends, with what each means. */
export const EXIT_STATUSES = {
  ok: { status: 0, meaning: 'It did what was asked; a backend was selected.' },
  unforeseen: { status: 1, meaning: 'Something that nobody foresaw: a bug.' },
  usage: { status: 2, meaning: 'The command line, a variable or a configuration file cannot be followed.' },
  refused: { status: 3, meaning: 'Selection refused: no backend may or can run here as asked.' },
  model: { status: 4, meaning: 'The model, its inputs or its outputs are at fault.' },
  execution: { status: 5, meaning: 'The engine failed while it was opening or running the model.' },
  unproven: {
    status: 6,
    meaning: '`verify` or `conformance` tried the backend, and something failed or gave no verdict.',
  },
  unchanged: {
    status: 7,
    meaning: '`backends` could not add, remove or acquire what was asked, and left nothing half-installed.',
  },
  interrupted: { status: 130, meaning: 'It was interrupted with Ctrl-C; a shell reports the signal as 130.' },
} as const;

const USAGE_CODES: readonly string[] = ['conflict', 'invalid-value', 'unknown-backend'];

/** Exit status of a selection: settings that cannot be followed are a matter of usage. */
export function statusOfSelection(report: SelectionReport): number {
  if (report.refusal === null) return EXIT_STATUSES.ok.status;
  return USAGE_CODES.includes(report.refusal.code)
    ? EXIT_STATUSES.usage.status
    : EXIT_STATUSES.refused.status;
}

/** Exit status of anything that was thrown. */
export function statusOfError(error: unknown): number {
  if (UsageError.isInstance(error) || SettingsError.isInstance(error)) return EXIT_STATUSES.usage.status;
  if (AcquireError.isInstance(error)) return EXIT_STATUSES.unchanged.status;
  if (SelectionError.isInstance(error)) return statusOfSelection(error.selection);
  if (ModelError.isInstance(error) || TensorError.isInstance(error) || isOnnxFileError(error)) {
    return EXIT_STATUSES.model.status;
  }
  if (ExecutionError.isInstance(error)) {
    return error.code === 'aborted' ? EXIT_STATUSES.interrupted.status : EXIT_STATUSES.execution.status;
  }
  if (EngineError.isInstance(error)) return EXIT_STATUSES.execution.status;
  return isAbort(error) ? EXIT_STATUSES.interrupted.status : EXIT_STATUSES.unforeseen.status;
}

/** By its marker rather than its class: `explain` without a model must not load the reader of models. */
export function isOnnxFileError(
  error: unknown,
): error is Error & { readonly code: string; readonly path: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[Symbol.for('switchyard.onnx.OnnxFileError')] === true
  );
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
