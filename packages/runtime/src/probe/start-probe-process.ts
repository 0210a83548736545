import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { childArguments } from '../isolation/child-arguments.ts';
import { ANSWERS, type ProbeRequest } from './probe-protocol.ts';

/** A process that tries a backend, with its streams. */
export interface ProbeProcess {
  readonly child: ChildProcess;
  readonly requests: Writable;
  readonly answers: Readable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * Starts the process and hands it its request. It leads a process group of its own where there are groups, so
 * that what it starts can be ended with it.
 */
export function startProbeProcess(request: ProbeRequest): ProbeProcess {
  const child = spawn(process.execPath, [...childArguments(process.execArgv), entryFile()], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const streams = {
    child,
    requests: child.stdin,
    answers: child.stdio[ANSWERS] as Readable,
    stdout: child.stdout,
    stderr: child.stderr,
  };
  // The process may end before it has read its request; that it ended is what counts.
  streams.requests.on('error', () => undefined);
  streams.requests.write(`${JSON.stringify(request)}\n`);
  return streams;
}

/**
 * Ends the process and what it started. Afterwards the group may still hold processes: its id is then not
 * another's. Called right after the process was seen to end, as long as its id was not given away.
 */
export function killProbeProcess({ child }: ProbeProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty, which is what was wanted, or was not made yet: the process alone then.
    child.kill('SIGKILL');
  }
}

/** From the sources the entry stands beside this file; in a build, the bundle is one folder above it. */
function entryFile(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? './probe-entry.ts' : './probe/probe-entry.js', here));
}
