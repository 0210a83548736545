/**
 * How a case ended. `wrong`: it ran and gave another answer, which is worse than everything else. `crashed`: the
 * process ended, or did not answer in time. `failed`: an error where the model was not refused as unsupported.
 * `unsupported`: the backend refused the model with `model-unsupported`. `skipped`: the suite cannot ask it.
 */
export type OperatorStatus = 'wrong' | 'crashed' | 'failed' | 'unsupported' | 'skipped' | 'passed';

/** Every {@link OperatorStatus}, the worst first: the order of tables and pages. */
export const OPERATOR_STATUSES: readonly OperatorStatus[] = Object.freeze([
  'wrong',
  'crashed',
  'failed',
  'unsupported',
  'skipped',
  'passed',
]);

/** One case of the ONNX project on one backend. */
export interface OperatorResult {
  /** Its folder below that of the cases, with `/`: `node/test_abs`. */
  readonly case: string;
  /** The operator that it is about, `domain.Op` outside `ai.onnx`; `(several)` for a model of many. */
  readonly operator: string;
  /** Whether an operator is written out as the smaller ones that it is made of. */
  readonly expanded: boolean;
  readonly status: OperatorStatus;
  /** What was found, in a sentence; `null` exactly for `passed`. */
  readonly detail: string | null;
}
