// The program of the processes that a conformance run starts. It is started by start-child.ts and by nothing else.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { OperatorOrder } from '../operators/run-operator-case.ts';
import { ANSWERS, type ChildRequest } from './child-protocol.ts';

// Nothing of the backend, the kit or its packages is imported before the request says what is to be watched.
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const first = await lines.next();
const request = JSON.parse(String(first.value)) as ChildRequest;

if (request.mode === 'import') {
  input.close();
  process.stdin.destroy();
  const { trapped } = await import('./import-traps.ts');
  const record = await trapped(async () => {
    const module = (await import(request.origin.module)) as Readonly<Record<string, unknown>>;
    await (module[request.origin.factory] as (...given: readonly unknown[]) => unknown)(
      ...request.origin.arguments,
    );
  });
  answer(record);
} else if (request.mode === 'cases') {
  const { runSessionCase } = await import('./run-session-case.ts');
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) break;
    answer(await runSessionCase(request, (JSON.parse(value) as { readonly run: string }).run));
  }
} else if (request.mode === 'operators') {
  const { makeAgain, deviceOf } = await import('./make-again.ts');
  const { runOperatorCase } = await import('../operators/run-operator-case.ts');
  const backend = await makeAgain(request.origin);
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) break;
    answer(await runOperatorCase(backend, deviceOf(request), JSON.parse(value) as OperatorOrder));
  }
} else {
  input.close();
  process.stdin.destroy();
  const { PROGRAMS } = await import('./programs.ts');
  await PROGRAMS[request.mode](request, answer);
}

/** Written synchronously: what was said stays said, whatever the engine does to the process next. */
function answer(value: unknown): void {
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < line.length;) at += writeSync(ANSWERS, line, at);
}
