import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOrder } from './bench-process.ts';

const MODULE = fileURLToPath(new URL('bench-process.ts', import.meta.url));

/** Time that a process gets to end after its answer. One that stays has left something open. */
const GRACE_MS = 15_000;

/** Lines of stderr that are kept for the message when a process fails. */
const KEPT_LINES = 12;

/** Gives an order to a new process and resolves to its answer; a process that ends without one rejects. */
export async function inProcess<Answer>(order: BenchOrder): Promise<Answer> {
  const child = fork(MODULE, [JSON.stringify(order)], {
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-16_384);
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let answer: { readonly value: Answer } | null = null;
  let grace: NodeJS.Timeout | undefined;
  child.on('message', (value) => {
    answer = { value: value as Answer };
    grace = setTimeout(() => {
      said += '\nIt answered and then did not end: something was left open.';
      child.kill('SIGKILL');
    }, GRACE_MS);
  });
  child.on('error', reject);
  child.on('close', (status, signal) => {
    clearTimeout(grace);
    if (answer !== null && status === 0) resolve(answer.value);
    else {
      const tail = said.trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
      reject(new Error(`The process ended with ${signal ?? `exit status ${status}`}:\n${tail}`));
    }
  });
  return promise;
}
