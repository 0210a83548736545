import type { ChildProcess } from 'node:child_process';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeReason, type ModelSourceV1, type Reason } from '@switchyard/core';
import { engineSentence } from '../engine-sentence.ts';
import { COREML_MARK } from './parse-coreml-capability.ts';
import { PLACEMENT_MARK, parseVerbosePlacement, type LoggedPlacement } from './parse-verbose-placement.ts';
import type { PlacementAnswer, PlacementTask } from './placement-protocol.ts';

/** How long the child may take by default, in milliseconds: opening can mean compiling for a device. */
const DEADLINE = 120_000;
/** Characters of standard error that are kept as evidence. */
const TAIL = 2000;

export interface PlacementLogRequest {
  readonly backend: string;
  readonly model: ModelSourceV1;
  /** Options as the binding takes them; the level of the log is set here. */
  readonly options: Readonly<Record<string, unknown>>;
  /** (optional) Milliseconds after which the child is killed. Default: two minutes. */
  readonly timeoutMs?: number;
  /** (optional) Kills the child. Default: never. */
  readonly signal?: AbortSignal;
}

export type PlacementLogResult =
  | { readonly ok: true; readonly placement: LoggedPlacement }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Opens the model once more in a child process with verbose logging and reads from its standard error
 * where the engine put every node. Native code writes there past Node.js, so that no process can read
 * its own. What the child writes to standard output is not looked at. Never rejects.
 */
export async function readPlacementLog(request: PlacementLogRequest): Promise<PlacementLogResult> {
  const { model } = request;
  if ('bytes' in model && model.bytes.byteLength === 0) {
    return failed('probe-failed', `The bytes of \`${model.name}\` are no longer there.`, '');
  }
  let folder: string | null = null;
  try {
    folder = await mkdtemp(path.join(tmpdir(), 'switchyard-placement-'));
    // A file and no pipe: through a pipe of Node.js the engine's log loses lines (decision 0011 has the figures).
    await using log = await open(path.join(folder, 'stderr'), 'wx+', 0o600);
    const { how, answer } = await runChild(request, log);
    return judge(how, answer, await readLog(log));
  } catch (error) {
    return failed('probe-failed', `The placement log could not be read: ${engineSentence(error)}`, '');
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

async function runChild(
  request: PlacementLogRequest,
  log: FileHandle,
): Promise<{ readonly how: End; readonly answer: string }> {
  const { backend, model, options } = request;
  // Here, because every program that names this backend would load it and few start a child.
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, nodeArguments(), {
    stdio: ['pipe', 'ignore', log.fd, 'pipe', 'pipe'],
    // A process that nobody started knowingly reports nothing to the engine's makers and leaves none of their files.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    windowsHide: true,
  });
  const [stdin, , , , answering] = child.stdio as unknown as [Writable, null, null, Readable, Readable];
  let answer = '';
  answering.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  const end = endOf(child, request);
  // A child that ended before it read everything is judged by how it ended.
  stdin.on('error', () => undefined);
  const task: PlacementTask = { backend, path: 'path' in model ? model.path : null, options };
  stdin.write(`${JSON.stringify(task)}\n`);
  stdin.end('bytes' in model ? model.bytes : undefined);
  return { how: await end, answer };
}

function nodeArguments(): readonly string[] {
  // Built, every entry of this package lies under `dist`, and this module is a chunk at its top.
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fromSource ? './placement-entry.ts' : './placement/placement-entry.js';
  const flags = fromSource ? ['--conditions=@switchyard/source'] : [];
  return [...flags, '--no-warnings', fileURLToPath(new URL(entry, import.meta.url))];
}

type End =
  | { readonly kind: 'exited'; readonly status: number | null; readonly signal: string | null }
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'timeout'; readonly after: number }
  | { readonly kind: 'aborted' };

function endOf(child: ChildProcess, request: PlacementLogRequest): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const after = request.timeoutMs ?? DEADLINE;
  let early: End | null = null;
  const kill = (why: End): void => {
    early ??= why;
    child.kill('SIGKILL');
  };
  const abort = (): void => kill({ kind: 'aborted' });
  const timer = setTimeout(() => kill({ kind: 'timeout', after }), after);
  if (request.signal?.aborted === true) abort();
  request.signal?.addEventListener('abort', abort, { once: true });
  const settle = (how: End): void => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', abort);
    resolve(early ?? how);
  };
  child.once('error', (error) => settle({ kind: 'not-started', why: error.message }));
  child.once('close', (status, signal) => settle({ kind: 'exited', status, signal }));
  return promise;
}

function judge(
  how: End,
  answer: string,
  log: { readonly lines: string; readonly tail: string },
): PlacementLogResult {
  const { lines, tail } = log;
  switch (how.kind) {
    case 'not-started':
      return failed(
        'probe-failed',
        `A process for the placement log could not be started: ${how.why}.`,
        tail,
      );
    case 'timeout':
      return failed(
        'probe-timeout',
        `Opening the model in a process of its own took longer than ${how.after / 1000} s, and was ended.`,
        tail,
      );
    case 'aborted':
      return failed('probe-timeout', 'Reading the placement was aborted, which proves nothing.', tail);
    case 'exited': {
      const said = parseAnswer(answer);
      if (said?.opened === false) {
        return failed(
          'probe-failed',
          `The model did not open in a process of its own: ${said.sentence}`,
          tail,
        );
      }
      if (said === null || how.status !== 0) {
        const crashed = how.signal !== null || how.status === 134;
        const manner = how.signal === null ? `with exit status ${String(how.status)}` : `by ${how.signal}`;
        return failed(
          crashed ? 'probe-crashed' : 'probe-failed',
          `The process that opened the model for its placement log ended ${manner}${lastError(tail)}.`,
          tail,
        );
      }
      const placement = parseVerbosePlacement(lines);
      if (placement !== null) return { ok: true, placement };
      return failed(
        'probe-failed',
        'The verbose log of the engine holds no placement that can be read.',
        tail,
      );
    }
  }
}

function failed(
  code: 'probe-failed' | 'probe-crashed' | 'probe-timeout',
  message: string,
  tail: string,
): PlacementLogResult {
  const remedy =
    code === 'probe-failed' ? null : 'Try again; if it stays so, use another backend for this model.';
  return { ok: false, reason: makeReason(code, message, [{ path: 'stderr', value: tail }], remedy) };
}

/** The line of standard error that names an error, for a message; the whole end of it is the evidence. */
function lastError(tail: string): string {
  const line = tail.split('\n').findLast((each) => /\b[A-Z]\w*Error\b/.test(each));
  return line === undefined ? '' : ` (${line.trim()})`;
}

function parseAnswer(text: string): PlacementAnswer | null {
  try {
    return JSON.parse(text) as PlacementAnswer;
  } catch {
    // A process that ended early wrote nothing, or half of it.
    return null;
  }
}

/** Keeps the lines about placement, and the end of what is neither those nor other verbose lines. */
async function readLog(log: FileHandle): Promise<{ readonly lines: string; readonly tail: string }> {
  const lines: string[] = [];
  let tail = '';
  // The child wrote through the same description of the file, and left its position at the end.
  for await (const line of log.readLines({ start: 0, autoClose: false })) {
    if (line.includes(PLACEMENT_MARK) || line.includes(COREML_MARK)) lines.push(line);
    else if (!/\[[VI]:onnxruntime/.test(line)) tail = `${tail}${line}\n`.slice(-TAIL);
  }
  return { lines: lines.join('\n'), tail: tail.trim() };
}
