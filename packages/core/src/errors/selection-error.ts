import type { SelectionReport } from '../selection/selection-report.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** Selection refused. The whole report is here: every candidate, every reason. */
export class SelectionError extends SwitchyardError {
  readonly selection: SelectionReport;

  constructor(selection: SelectionReport) {
    const refusal = selection.refusal;
    if (refusal === null) throw new TypeError('A SelectionError needs a report that refuses.');
    super(refusal.code, refusal.message, { remedy: refusal.remedy });
    this.selection = selection;
  }
}
