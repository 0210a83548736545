import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { BackendSessionV1 } from '@switchyard/core';
import { endWithParent } from './end-with-parent.ts';
import { entryUrl } from './entry-url.ts';
import { FrameReader, type Frame } from './frame-reader.ts';
import type { OpenOrder } from './isolated-host.ts';
import { decodeJson, encodeJson, encodeSignal } from './json-frame.ts';
import { makeBackend } from './make-backend.ts';
import {
  FLAG_CANCELLABLE,
  FLAG_SHARED_MEMORY_FULL,
  FLAG_STREAMED,
  FRAME_KINDS,
  NO_SLOT,
  ProtocolError,
} from './protocol.ts';
import { SlotReader, SlotWriter } from './slot-files.ts';
import { StreamedReads, streamShared } from './stream-shared.ts';
import { decodeTensors, flagsOf, type DecodedMessage } from './tensor-decoder.ts';
import { TensorEncoder } from './tensor-encoder.ts';
import { missingResult } from './missing-result.ts';
import { toWireError } from './wire-error.ts';
import { writeShared } from './write-shared.ts';

// The program of a child process: opens one model, runs it as often as it is told, one run after the
// other. Descriptor 3 is the connection, descriptor 4 tells the watchdog that the parent lives.

const CONNECTION = 3;
const WATCHED = 4;
const RECEIVE_BYTES = 64 * 1024;

type ChildOrder = Omit<OpenOrder, 'model'> & {
  readonly model: { readonly path: string } | { readonly name: string };
  readonly folder: string | null;
};

// Whoever stops the parent's whole group (Ctrl-C) means the parent, which decides what happens here.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const received = Buffer.alloc(RECEIVE_BYTES);
const socket = new Socket({
  fd: CONNECTION,
  readable: true,
  writable: true,
  // One buffer for everything that is received: what a frame needs longer is copied out of it.
  onread: {
    buffer: received,
    callback: (length) => {
      reader.push(received.subarray(0, length));
      // Only now: a later frame of the same piece may say that nobody wants the run.
      if (!working && waiting.length > 0) void work();
      return true;
    },
  },
});
const dieWithParent = (): void => endWithParent(folder);
socket.on('error', dieWithParent);
socket.on('close', dieWithParent);

const encoder = new TensorEncoder();
const waiting: Frame[] = [];
const cancelled = new Set<number>();
/** Up to where the feeds of a run are in shared memory, where they are still being written. */
const written = new Map<number, number>();
let moreWritten: (() => void) | null = null;
/** Memory of the feeds, used again where the size is the same: a run never outlives its answer. */
const memory: (Uint8Array | undefined)[] = [];
let folder: string | null = null;
let session: BackendSessionV1 | null = null;
let feeds: SlotReader | null = null;
let results: SlotWriter | null = null;
let sharedMemoryFull = false;
let sayFull = false;
let working = false;
/** What came while a run held this thread was perhaps not read yet. */
let justRan = false;

const reader = new FrameReader((frame) => {
  switch (frame.kind) {
    case FRAME_KINDS.run:
    case FRAME_KINDS.placement:
      // The memory of a frame is only lent, and this one may have to wait.
      waiting.push(frame.owned || isFree() ? frame : { ...frame, bytes: Buffer.from(frame.bytes) });
      return;
    case FRAME_KINDS.written:
      written.set(frame.id, frame.slot);
      moreWritten?.();
      return;
    case FRAME_KINDS.cancel:
      cancelled.add(frame.id);
      return;
    case FRAME_KINDS.open:
      void open(frame);
      return;
    case FRAME_KINDS.close:
      void close();
      return;
    default:
      throw new ProtocolError(`The parent sent a frame of kind ${frame.kind}.`);
  }
});
socket.resume();

async function open(frame: Frame): Promise<void> {
  try {
    const { value, bytes } = decodeJson(frame);
    const order = value as ChildOrder;
    folder = order.folder;
    new Worker(entryUrl('watchdog-entry'), {
      workerData: { descriptor: WATCHED, folder },
      execArgv: [],
    }).unref();
    if (order.folder === null) sharedMemoryFull = true;
    else {
      feeds = new SlotReader(order.folder, 'feeds');
      results = new SlotWriter(order.folder, 'results');
    }
    const backend = await makeBackend(order.origin);
    const model = 'path' in order.model ? order.model : { bytes, name: order.model.name };
    session = await backend.doOpen(model, {
      device: order.device,
      options: order.options,
      ...(order.strict === null ? {} : { strict: order.strict }),
      onProgress: (phase) => void socket.write(encodeJson(FRAME_KINDS.progress, 0, phase)),
    });
    const { inputs, outputs, device, executionProviders } = session;
    socket.write(encodeJson(FRAME_KINDS.opened, 0, { inputs, outputs, device, executionProviders }));
  } catch (error) {
    socket.write(encodeJson(FRAME_KINDS.failed, 0, toWireError(error)));
  }
}

async function close(): Promise<void> {
  try {
    await session?.[Symbol.asyncDispose]();
  } finally {
    socket.write(encodeSignal(FRAME_KINDS.closed, 0));
  }
}

/** The next run begins at once, while its frame is still there. */
function isFree(): boolean {
  return !working && !justRan && waiting.length === 0;
}

async function work(): Promise<void> {
  working = true;
  let waited = justRan;
  for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
    // A whole turn of the event loop, in which it may be heard that nobody wants this run any more. The
    // first immediate can come before the connection is looked at, the second cannot.
    if (waited && (flagsOf(frame) & FLAG_CANCELLABLE) !== 0) {
      for (let turn = 0; turn < 2; turn += 1) await new Promise((next) => setImmediate(next));
    }
    if (cancelled.delete(frame.id)) socket.write(skip(frame));
    else if (frame.kind === FRAME_KINDS.run) await run(frame);
    else await place(frame);
    // The next run may hold this thread for long; the answer must be gone by then.
    if (socket.writableLength > 0) await new Promise((drained) => socket.once('drain', drained));
    waited = true;
  }
  cancelled.clear();
  working = false;
  if (justRan) return;
  justRan = true;
  setImmediate(() => setImmediate(() => (justRan = false)));
}

function skip(frame: Frame): Buffer {
  written.delete(frame.id);
  giveBack(decode(frame));
  return encodeSignal(FRAME_KINDS.skipped, frame.id);
}

async function run(frame: Frame): Promise<void> {
  const { id } = frame;
  try {
    const opened = session!;
    const message = decode(frame);
    giveBack(message);
    if (message.reads.length > 0) await readFeeds(frame, message);
    const { wanted } = message;
    const answer = await (wanted === null
      ? opened.doRun(message.tensors)
      : opened.doRun(message.tensors, { outputs: wanted.map((index) => opened.outputs[index]!.name) }));
    const shared = encoder.take(opened.outputs, answer);
    const missing = missingResult(opened.outputs, wanted, answer);
    if (missing !== null) throw new TypeError(missing);
    let place: ReturnType<typeof writeShared> = null;
    if (shared > 0 && !sharedMemoryFull) {
      place = writeShared(encoder, results!, shared);
      if (place === null) {
        sharedMemoryFull = true;
        sayFull = true;
      }
    }
    if (place === null) encoder.keepInline();
    const slot = place?.slot ?? NO_SLOT;
    const flags = (sayFull ? FLAG_SHARED_MEMORY_FULL : 0) | (place?.streamed === true ? FLAG_STREAMED : 0);
    sayFull = false;
    socket.write(encoder.encode({ kind: FRAME_KINDS.result, id, slot, flags, wanted: null, freed: [] }));
    if (socket.writableLength > 0) encoder.giveAway();
    if (place?.streamed === true) {
      streamShared(encoder, results!, slot, (until) => {
        socket.write(encodeSignal(FRAME_KINDS.written, id, until));
      });
    }
    encoder.release();
  } catch (error) {
    socket.write(encodeJson(FRAME_KINDS.failed, id, toWireError(error)));
  }
}

async function place(frame: Frame): Promise<void> {
  try {
    const message = decode(frame);
    giveBack(message);
    if (message.reads.length > 0) await readFeeds(frame, message);
    const request = frame.count === 0 ? {} : { feeds: message.tensors };
    const placement = await session!.doPlacement(request);
    socket.write(encodeJson(FRAME_KINDS.placed, frame.id, placement));
  } catch (error) {
    socket.write(encodeJson(FRAME_KINDS.failed, frame.id, toWireError(error)));
  }
}

/** Reads the feeds out of shared memory, those that are still being written as they come. */
async function readFeeds(frame: Frame, message: DecodedMessage): Promise<void> {
  const streamed = (message.flags & FLAG_STREAMED) !== 0;
  const reads = new StreamedReads(feeds!, frame.slot, message.reads);
  while (!reads.advance(streamed ? (written.get(frame.id) ?? 0) : Infinity)) {
    await new Promise<void>((next) => (moreWritten = next));
  }
  written.delete(frame.id);
}

function decode(frame: Frame): DecodedMessage {
  return decodeTensors(frame, { infos: session!.inputs, slots: feeds, allocate });
}

function giveBack(message: DecodedMessage): void {
  for (const slot of message.freed) results!.release(slot);
}

function allocate(index: number, byteLength: number): Uint8Array {
  const known = memory[index];
  if (known?.byteLength === byteLength) return known;
  const made = new Uint8Array(byteLength);
  memory[index] = made;
  return made;
}
