import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childArguments } from './child-arguments.ts';
import { entryUrl } from './entry-url.ts';

/**
 * Starts the process of one session, which waits for its model. Descriptor 3 is the connection, descriptor 4
 * tells it that this process lives; what it prints goes into pipes.
 */
export function startProcess(): ChildProcess {
  return spawn(
    process.execPath,
    [...childArguments(process.execArgv), fileURLToPath(entryUrl('process-entry'))],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], windowsHide: true },
  );
}
