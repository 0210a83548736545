/** What one trial came to. `none` neither passed nor failed. */
export interface Verdict {
  readonly verdict: 'passed' | 'failed' | 'none';
  /** The figures in a sentence, or why there is no verdict. */
  readonly text: string;
}
