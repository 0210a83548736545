import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pluginBug, type Reason } from '@switchyard/core';
import { probeAborted } from './probe-aborted.ts';
import { checkMessage } from './check-message.ts';
import type { ProbeDeadlines } from './probe-deadlines.ts';
import {
  MAX_ANSWERS,
  MAX_LINE,
  type ProbeLevelEnd,
  type ProbeMessage,
  type ProbeRequest,
} from './probe-protocol.ts';
import type { ProbeEvidence, ProbeLevelName } from './probe-record.ts';
import { killProbeProcess, startProbeProcess, type ProbeProcess } from './start-probe-process.ts';
import { TextTail } from './text-tail.ts';

/** Milliseconds that a process has to end by itself once it has answered, and to be gone once it was killed. */
const GRACE_MS = 2000;

/** A level that was begun. */
export interface OpenLevel {
  readonly level: ProbeLevelName;
  readonly device: string | null;
  /** `performance.now()`. */
  readonly began: number;
}

/** How a process ended the probe. `during` is the level that it was in, where it was in one. */
export type ProbeEnding =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'crashed' | 'timeout' | 'failed' | 'unknown';
      readonly reason: Reason;
      readonly during: OpenLevel | null;
    };

/** One process of a probe, and what it said and left. */
export interface ProbeRun {
  readonly ending: ProbeEnding;
  readonly evidence: ProbeEvidence;
}

export interface ProbeRunRequest {
  readonly request: ProbeRequest;
  readonly deadlines: ProbeDeadlines;
  /** `performance.now()` at which the whole probe is over. */
  readonly over: number;
  readonly signal: AbortSignal | undefined;
  readonly onBegin: (level: ProbeLevelName, device: string | null) => void;
  readonly onEnd: (end: ProbeLevelEnd) => void;
}

type Stop = ProbeEnding | { readonly kind: 'aborted' } | { readonly kind: 'thrown'; readonly error: unknown };

/**
 * Tries a backend in a process of its own and waits until that process is gone. Whatever the process does, the
 * promise resolves; it rejects only when the caller aborts.
 *
 * @throws ExecutionError `aborted`
 */
export async function runProbeChild(run: ProbeRunRequest): Promise<ProbeRun> {
  const { id, package: packageName } = run.request.expected;
  if (run.signal?.aborted === true) throw probeAborted(id, run.signal);
  const started = startProbeProcess(run.request);
  const { child } = started;
  const stderr = new TextTail(4096);
  const stdout = new TextTail(1024);
  started.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  started.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));

  const stopped = Promise.withResolvers<Stop>();
  const gone = Promise.withResolvers<void>();
  let open: OpenLevel | null = null;
  let timer: NodeJS.Timeout | undefined;
  let exhausted: number | null = null;

  const stop = (stop: Stop): void => stopped.resolve(stop);
  const arm = (): void => {
    clearTimeout(timer);
    const level = open?.level ?? 'module';
    const allowed = run.deadlines[level];
    const left = run.over - performance.now();
    const whole = left < allowed;
    timer = setTimeout(
      () => {
        const what = whole ? 'The probe' : `The level \`${level}\``;
        const milliseconds = whole ? run.deadlines.total : allowed;
        stop({ kind: 'timeout', reason: timedOut(id, what, milliseconds, open, stderr), during: open });
      },
      Math.max(0, Math.min(left, allowed)),
    );
  };
  const broken = (problem: string): void => {
    const reason = pluginBug(packageName, `in the process that tried it, ${problem}`);
    stop({ kind: 'failed', reason, during: open });
  };
  const take = (message: ProbeMessage): void => {
    if (message.type === 'memory') {
      exhausted = message.residentBytes;
    } else if (message.type === 'done') {
      if (open === null) stop({ kind: 'answered' });
      else broken('a level was left open');
    } else if (message.type === 'begin') {
      if (open !== null) return broken('a level was begun inside another');
      open = { level: message.level, device: message.device, began: performance.now() };
      run.onBegin(message.level, message.device);
    } else {
      if (open?.level !== message.level || open.device !== message.device)
        return broken('a level ended that was not begun');
      run.onEnd(message);
      open = null;
    }
    arm();
  };
  const guarded = (message: ProbeMessage): void => {
    try {
      take(message);
    } catch (error) {
      // What the caller's own callback throws is the caller's, once the process is gone.
      stop({ kind: 'thrown', error });
    }
  };
  const answersEnded = readLines(started.answers, guarded, broken);
  const onAbort = (): void => stop({ kind: 'aborted' });
  run.signal?.addEventListener('abort', onAbort, { once: true });
  child.once('error', (error) => {
    const reason: Reason = {
      code: 'probe-failed',
      message: `No process could be started to try \`${id}\`: ${error.message}.`,
      evidence: [{ path: 'process', value: error.message }],
      remedy: 'Allow this program to start processes.',
    };
    stop({ kind: 'unknown', reason, during: null });
    gone.resolve();
  });
  child.once('exit', (code, exitSignal) => {
    gone.resolve();
    killProbeProcess(started);
    // What was said just before the end may still be on its way; a process that it started may hold the pipe.
    void Promise.race([answersEnded, sleep(250)]).then(() =>
      stop({ kind: 'crashed', reason: crashed(id, code, exitSignal, open, exhausted, stderr), during: open }),
    );
  });
  arm();

  const ended = await stopped.promise;
  clearTimeout(timer);
  run.signal?.removeEventListener('abort', onAbort);
  if (ended.kind === 'answered')
    await Promise.race([gone.promise, sleep(GRACE_MS, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) killProbeProcess(started);
  // A process that waits inside a driver cannot be ended by anybody; it is left rather than waited for.
  const reaped = await Promise.race([gone.promise.then(() => true), sleep(GRACE_MS, false)]);
  release(started, reaped);
  if (ended.kind === 'aborted') throw probeAborted(id, run.signal);
  if (ended.kind === 'thrown') throw ended.error;
  return {
    ending: ended,
    evidence: {
      exitCode: child.exitCode,
      signal: child.signalCode,
      stderr: String(stderr),
      stdout: String(stdout),
    },
  };
}

/** Hands every line to `take`; the promise resolves when there are no more. After something broken nothing is read. */
function readLines(
  answers: Readable,
  take: (message: ProbeMessage) => void,
  broken: (problem: string) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let rest = '';
  let total = 0;
  const fail = (problem: string): void => {
    answers.destroy();
    broken(problem);
  };
  answers.setEncoding('utf8');
  answers.on('data', (text: string) => {
    if (answers.destroyed) return;
    total += text.length;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = line.length > MAX_LINE ? 'a line is too long' : checkMessage(line);
      if (typeof message === 'string') return fail(message);
      take(message);
    }
    if (rest.length > MAX_LINE || total > MAX_ANSWERS) fail('more was written than an answer can hold');
  });
  answers.once('error', () => resolve());
  answers.once('close', () => resolve());
  return promise;
}

/** Lets go of every stream, so that nothing keeps the caller's process alive. */
function release({ child, requests, answers, stdout, stderr }: ProbeProcess, reaped: boolean): void {
  for (const stream of [requests, answers, stdout, stderr]) stream.destroy();
  if (!reaped) child.unref();
}

function where(open: OpenLevel | null): string {
  if (open === null) return '';
  return ` in the level \`${open.level}\`${open.device === null ? '' : ` on \`${open.device}\``}`;
}

function crashed(
  id: string,
  code: number | null,
  signal: string | null,
  open: OpenLevel | null,
  exhausted: number | null,
  stderr: TextTail,
): Reason {
  const how =
    exhausted === null
      ? signal === null
        ? `ended with status ${String(code)} before it had answered`
        : `was ended by ${signal}`
      : `held ${exhausted} bytes of memory, more than it may, and was ended`;
  return {
    code: 'probe-crashed',
    message: `The process that tried \`${id}\` ${how}${where(open)}.`,
    evidence: [
      { path: 'probe.exit', value: signal ?? code },
      ...(exhausted === null ? [] : [{ path: 'probe.residentBytes', value: exhausted }]),
      { path: 'probe.stderr', value: String(stderr) },
    ],
    remedy: 'Update or reinstall the driver and the engine, or use another backend.',
  };
}

function timedOut(
  id: string,
  what: string,
  milliseconds: number,
  open: OpenLevel | null,
  stderr: TextTail,
): Reason {
  return {
    code: 'probe-timeout',
    message: `${what} of \`${id}\` did not end within ${milliseconds / 1000} s${what === 'The probe' ? where(open) : ''}, which proves nothing.`,
    evidence: [
      { path: 'probe.level', value: open === null ? null : open.level },
      { path: 'probe.stderr', value: String(stderr) },
    ],
    remedy: 'Try again when the machine is less busy.',
  };
}
