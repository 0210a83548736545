import type { MachineFiles } from '../machine-files.ts';
import type { ProcessView } from '../process-view.ts';

/** What every reader of a Linux fact is given. */
export interface LinuxHost {
  readonly files: MachineFiles;
  readonly process: ProcessView;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
