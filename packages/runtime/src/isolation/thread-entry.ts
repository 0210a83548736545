import { availableParallelism } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { BackendSessionV1 } from '@switchyard/core';
import { BUSY, SENT, STOP } from './thread-state.ts';
import { makeBackend } from './make-backend.ts';
import { missingResult } from './missing-result.ts';
import {
  flatten,
  THREAD_KINDS,
  unflatten,
  type ThreadAnswer,
  type ThreadRequest,
  type ThreadStart,
} from './thread-messages.ts';
import { toWireError } from './wire-error.ts';

// The program of a thread: opens one model and runs it, one run after the other. While native code may
// be running, `BUSY` is 1, so that nobody ends this thread at that moment.

/** How soon after an answer a caller asks who asks in a loop; never where it has no core of its own to ask on. */
const FOLLOWS_WITHIN_MS = availableParallelism() > 1 ? 0.2 : 0;

const { order, state } = workerData as ThreadStart;
const port = parentPort!;
const waiting: ThreadRequest[] = [];
const cancelled = new Set<number>();
let session: BackendSessionV1 | null = null;
let working = false;
let closing = false;
let received = 0;
/** Whether the last request came right after an answer. */
let callerFollows = false;
let answeredAt = -Infinity;

port.on('message', (request: ThreadRequest) => {
  callerFollows = !working && performance.now() - answeredAt < FOLLOWS_WITHIN_MS;
  receive(request);
  if (!working) void work();
});
await open();

function receive(request: ThreadRequest): void {
  received = (received + 1) | 0;
  if (request[0] === THREAD_KINDS.cancel) cancelled.add(request[1]);
  else if (request[0] === THREAD_KINDS.close) closing = true;
  else waiting.push(request);
}

function answer(message: ThreadAnswer, moved?: ArrayBuffer[]): void {
  if (moved === undefined) port.postMessage(message);
  else port.postMessage(message, moved);
}

function receiveAll(): void {
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    receive(more.message as ThreadRequest);
  }
}

/**
 * Waits on its core for the next request of a caller that has been asking as soon as it was answered:
 * to fall asleep and be woken costs such a caller more than the transport does.
 */
function awaitFollowing(): void {
  if (!callerFollows) return;
  const until = answeredAt + FOLLOWS_WITHIN_MS;
  while (Atomics.load(state, SENT) === received) {
    if (Atomics.load(state, STOP) !== 0 || performance.now() > until) {
      callerFollows = false;
      return;
    }
  }
  receiveAll();
}

/** Takes the turn for native code; false when the process is exiting and nothing may begin any more. */
function begin(): boolean {
  Atomics.store(state, BUSY, 1);
  if (Atomics.load(state, STOP) === 0) return true;
  end();
  return false;
}

function end(): void {
  Atomics.store(state, BUSY, 0);
  Atomics.notify(state, BUSY);
}

async function open(): Promise<void> {
  working = true;
  if (!begin()) return;
  try {
    const backend = await makeBackend(order.origin);
    session = await backend.doOpen(order.model, {
      device: order.device,
      options: order.options,
      ...(order.strict === null ? {} : { strict: order.strict }),
      onProgress: (phase) => answer(['progress', phase]),
    });
    const { inputs, outputs, device, executionProviders } = session;
    answer(['opened', { inputs, outputs, device, executionProviders }]);
  } catch (error) {
    answer(['unopened', toWireError(error)]);
  } finally {
    end();
    working = false;
  }
  await work();
}

async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
    if (cancelled.delete(request[1])) answer(['skipped', request[1]]);
    else {
      if (!begin()) return;
      await perform(request);
      end();
    }
    // What came while this thread was in native code, so that a run nobody wants does not begin.
    receiveAll();
    answeredAt = performance.now();
    if (waiting.length === 0 && !closing) awaitFollowing();
  }
  cancelled.clear();
  if (closing) await close();
  working = false;
}

async function perform([kind, id, wanted, tensors]: ThreadRequest): Promise<void> {
  try {
    const opened = session!;
    const feeds = unflatten(opened.inputs, tensors);
    if (kind === THREAD_KINDS.placement) {
      answer(['placed', id, await opened.doPlacement(tensors.length === 0 ? {} : { feeds })]);
      return;
    }
    const results = await (wanted === null
      ? opened.doRun(feeds)
      : opened.doRun(feeds, { outputs: wanted.map((index) => opened.outputs[index]!.name) }));
    const missing = missingResult(opened.outputs, wanted, results);
    if (missing !== null) throw new TypeError(missing);
    const moved: ArrayBuffer[] = [];
    answer(['result', id, flatten(opened.outputs, results, false, moved)], moved);
  } catch (error) {
    answer(['failed', id, toWireError(error)]);
  }
}

async function close(): Promise<void> {
  if (begin()) {
    try {
      await session?.[Symbol.asyncDispose]();
    } finally {
      end();
    }
  }
  answer(['closed']);
}
