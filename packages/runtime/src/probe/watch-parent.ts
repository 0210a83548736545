import { Worker } from 'node:worker_threads';
import { ANSWERS, REQUESTS } from './probe-protocol.ts';

/**
 * A thread, because native code holds the main one: it ends the process when the parent is gone, which closes
 * the request's descriptor also when the parent was killed, and when more memory is resident than allowed.
 */
const WATCHER = `
const { writeSync } = require('node:fs');
const { Socket } = require('node:net');
const { workerData } = require('node:worker_threads');
const end = () => process.kill(process.pid, 'SIGKILL');
new Socket({ fd: workerData.requests, readable: true, writable: false })
  .on('error', end)
  .on('close', end)
  .resume();
setInterval(() => {
  const residentBytes = process.memoryUsage.rss();
  if (residentBytes <= workerData.memoryLimitBytes) return;
  try {
    writeSync(workerData.answers, JSON.stringify({ type: 'memory', residentBytes }) + '\\n');
  } finally {
    end();
  }
}, 25);
`;

/** Starts the watcher of a probe's process. It does not keep the process alive. */
export function watchParent(memoryLimitBytes: number): void {
  const watcher = new Worker(WATCHER, {
    eval: true,
    execArgv: [],
    // Otherwise it opens the streams of the process, which makes the descriptors of an engine's output non-blocking.
    stdout: true,
    stderr: true,
    workerData: { requests: REQUESTS, answers: ANSWERS, memoryLimitBytes },
  });
  watcher.unref();
}
