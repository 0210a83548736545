// The program of the process that tries a backend. It is started by run-probe-child.ts and by nothing else.
import { readSync, writeFileSync, writeSync } from 'node:fs';
import { checkBackend, pluginBug, RegistrationError, type BackendV1, type Reason } from '@switchyard/core';
import { ANSWERS, REQUESTS, type ProbeMessage, type ProbeRequest } from './probe-protocol.ts';
import { failureOf, levelRunner, runLevels, type LevelAnswer } from './run-levels.ts';
import { watchParent } from './watch-parent.ts';

const NEWLINE = 0x0a;

// When the machine runs out of memory, the kernel ends this process rather than the one that asked.
if (process.platform === 'linux') {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch (error) {
    process.stderr.write(`The kernel's preference could not be set: ${String(error)}\n`);
  }
}

const request = readRequest();
watchParent(request.memoryLimitBytes);

const level = levelRunner(request.expected.package, send);
let made: BackendV1 | undefined;
await level('module', null, async () => {
  const { backend, answer } = await make(request);
  made = backend;
  return answer;
});
if (made !== undefined) {
  await runLevels({ backend: made, host: request.host, options: request.options, skip: request.skip }, send);
}
send({ type: 'done' });
process.exit(0);

/** Written synchronously: what was said stays said, whatever the engine does to the process next. */
function send(message: ProbeMessage): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < line.length;) at += writeSync(ANSWERS, line, at);
}

function readRequest(): ProbeRequest {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.alloc(64 * 1024);
    const length = readSync(REQUESTS, part);
    if (length === 0) process.exit(0);
    parts.push(part.subarray(0, length));
    if (part[length - 1] === NEWLINE) return JSON.parse(Buffer.concat(parts).toString()) as ProbeRequest;
  }
}

async function make({
  origin,
  expected,
}: ProbeRequest): Promise<{ readonly backend: BackendV1 | undefined; readonly answer: LevelAnswer }> {
  const module = (await import(origin.module)) as Readonly<Record<string, unknown>>;
  const factory = module[origin.factory];
  if (typeof factory !== 'function') {
    return bug(expected.package, `\`${origin.factory}\` of its origin is no function`);
  }
  const offered: unknown = await (factory as (...args: readonly unknown[]) => unknown)(...origin.arguments);
  const backend = checked(offered, expected.package);
  if ('code' in backend)
    return { backend: undefined, answer: { status: 'failed', reason: backend, note: backend.message } };
  const { id, package: from } = backend.manifest;
  if (id !== expected.id || from.name !== expected.package) {
    return bug(expected.package, `its origin makes the backend \`${id}\` of \`${from.name}\``);
  }
  return {
    backend,
    answer: { status: 'ok', note: `\`${origin.factory}\` made the backend again in a process of its own.` },
  };
}

function checked(offered: unknown, packageName: string): BackendV1 | Reason {
  try {
    return checkBackend(offered).backend;
  } catch (error) {
    if (!RegistrationError.isInstance(error)) return failureOf(error, packageName);
    if (error.code !== 'api-mismatch')
      return pluginBug(packageName, `what its origin makes is no backend: ${error.message}`);
    return { code: 'api-mismatch', message: error.message, evidence: [], remedy: error.remedy };
  }
}

function bug(
  packageName: string,
  problem: string,
): { readonly backend: undefined; readonly answer: LevelAnswer } {
  const reason = pluginBug(packageName, problem);
  return { backend: undefined, answer: { status: 'failed', reason, note: reason.message } };
}
