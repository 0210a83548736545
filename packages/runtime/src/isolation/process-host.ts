import type { ChildProcess } from 'node:child_process';
import { read, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { EngineError, errorText, ExecutionError, type PlacementV1, type Tensors } from '@switchyard/core';
import { guardChild } from './exit-guard.ts';
import { FrameReader, type Frame } from './frame-reader.ts';
import type { Host, HostEnd, HostEvents, Job, OpenedSession, OpenOrder } from './isolated-host.ts';
import { decodeJson, encodeJson, encodeSignal } from './json-frame.ts';
import {
  FLAG_CANCELLABLE,
  FLAG_SHARED_MEMORY_FULL,
  FLAG_STREAMED,
  FRAME_KINDS,
  NO_SLOT,
  ProtocolError,
} from './protocol.ts';
import { RecentOutput } from './recent-output.ts';
import { crashedError, intoError } from './run-errors.ts';
import { makeSharedFolder, removeSharedFolder, type SharedMemoryChoice } from './shared-folder.ts';
import { SlotReader, SlotWriter } from './slot-files.ts';
import type { SpareProcess } from './spare-process.ts';
import { startProcess } from './start-process.ts';
import { StreamedReads, streamShared } from './stream-shared.ts';
import { decodeTensors, flagsOf, type DecodeContext, type DecodedMessage } from './tensor-decoder.ts';
import { TensorEncoder } from './tensor-encoder.ts';
import { fromWireError, type WireError } from './wire-error.ts';
import { writeShared, writeSharedLater } from './write-shared.ts';

const WINDOW = 4;
/** Copies up to this size are done at once, which takes a few milliseconds; larger ones leave the event loop free. */
const SYNCHRONOUS_BYTES = 16 * 1024 * 1024;
/** How long the last words of a process are waited for that others may still hold open. */
const LAST_WORDS_MS = 300;
const CLOSE_WAIT_MS = 10_000;
const MEMORY_POLL_MS = 50;
const EMPTY_FEEDS: Tensors = Object.freeze({});

const readLater = promisify(read);

export interface ProcessHostOptions {
  readonly sharedMemory: SharedMemoryChoice;
  /** Most resident memory of the process in bytes, or `null`. */
  readonly maxRssBytes: number | null;
  /** A process that was started already, taken if it is still there. */
  readonly spareProcess: SpareProcess | null;
  readonly signal: AbortSignal | null;
  readonly onProgress: ((phase: string) => void) | null;
}

/** Starts a process and opens the model of the order there. Rejects with what opening failed with. */
export async function openProcessHost(
  order: OpenOrder,
  events: HostEvents,
  options: ProcessHostOptions,
): Promise<Host> {
  if (options.signal?.aborted === true) throw openAborted(order, options.signal);
  const host = new ProcessHost(order, events, options);
  await host.open();
  return host;
}

class ProcessHost implements Host {
  readonly kind = 'process';
  readonly window = WINDOW;
  readonly killable = true;
  readonly sharedMemory: string | null;
  session!: OpenedSession;
  sending = false;
  readonly #order: OpenOrder;
  readonly #events: HostEvents;
  readonly #options: ProcessHostOptions;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #watch: Socket;
  readonly #complained: RecentOutput;
  readonly #printed: RecentOutput;
  readonly #encoder = new TensorEncoder();
  readonly #feeds: SlotWriter | null;
  readonly #results: SlotReader | null;
  readonly #unguard: () => void;
  readonly #reads = new Set<Promise<unknown>>();
  /** Slots of feeds by job, until the job is answered. */
  readonly #feedSlots = new Map<number, number>();
  #freed: number[] = [];
  #sharedMemoryFull: boolean;
  #ended = false;
  #restUnreferenced = false;
  #opening: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;
  #closed: (() => void) | null = null;
  #memoryTimer: NodeJS.Timeout | null = null;
  readonly #context: DecodeContext;
  #into: Job['into'] = null;
  /** The result that is still being written. */
  #streaming: {
    readonly id: number;
    readonly slot: number;
    readonly reads: StreamedReads;
    readonly tensors: Tensors;
  } | null = null;

  constructor(order: OpenOrder, events: HostEvents, options: ProcessHostOptions) {
    this.#order = order;
    this.#events = events;
    this.#options = options;
    this.sharedMemory = makeSharedFolder(options.sharedMemory);
    this.#sharedMemoryFull = this.sharedMemory === null;
    this.#feeds = this.sharedMemory === null ? null : new SlotWriter(this.sharedMemory, 'feeds');
    this.#results = this.sharedMemory === null ? null : new SlotReader(this.sharedMemory, 'results');
    this.#child = options.spareProcess?.take() ?? startProcess();
    this.#unguard = guardChild(this.#child, this.sharedMemory);
    this.#complained = new RecentOutput(this.#child.stderr!);
    // What it prints is drained, so that it never waits for a reader, and is nothing but evidence.
    this.#printed = new RecentOutput(this.#child.stdout!);
    this.#socket = this.#child.stdio[3] as Socket;
    this.#watch = this.#child.stdio[4] as Socket;
    const reader = new FrameReader((frame) => this.#onFrame(frame));
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#fail(`was ended because it broke the protocol (${error.message})`);
      }
    });
    this.#socket.on('drain', () => {
      this.sending = false;
      this.#events.ready();
    });
    // The exit of the process says what there is to say.
    this.#socket.on('error', () => {});
    this.#watch.on('error', () => {});
    this.#child.on('error', (error) => this.#end(`could not be started (${error.message})`, true));
    this.#child.on('exit', (code, signal) => void this.#onExit(code, signal));
    this.#context = {
      infos: [],
      slots: this.#results,
      allocate: (index, byteLength) => this.#allocate(index, byteLength),
    };
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#opening = { resolve, reject };
    const { signal } = this.#options;
    const onAbort = (): void => {
      this.kill();
      reject(openAborted(this.#order, signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.#watchMemory();
      const { model } = this.#order;
      const inMemory = 'bytes' in model;
      const document = {
        ...this.#order,
        model: inMemory ? { name: model.name } : model,
        folder: this.sharedMemory,
      };
      this.#socket.write(encodeJson(FRAME_KINDS.open, 0, document, inMemory ? model.bytes : undefined));
      await promise;
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      this.#opening = null;
      this.#unwatchMemory();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  send(job: Job): void {
    const shared = this.#encoder.take(this.session.inputs, job.feeds ?? EMPTY_FEEDS);
    let place: ReturnType<typeof writeShared> = null;
    if (shared > 0 && !this.#sharedMemoryFull) {
      if (shared > SYNCHRONOUS_BYTES) {
        this.sending = true;
        void this.#sendLater(job, shared);
        return;
      }
      place = writeShared(this.#encoder, this.#feeds!, shared);
      if (place === null) this.#noteFull();
    }
    this.#post(job, place?.slot ?? null, place?.streamed ?? false);
  }

  async #sendLater(job: Job, shared: number): Promise<void> {
    const write = writeSharedLater(this.#encoder, this.#feeds!, shared);
    this.#hold(write);
    try {
      const slot = await write;
      this.sending = false;
      if (this.#ended) return;
      if (slot === null) this.#noteFull();
      this.#post(job, slot, false);
    } catch (error) {
      this.sending = false;
      if (this.#ended) return;
      this.#events.impossible(job, error);
    }
    if (!this.sending) this.#events.ready();
  }

  #post(job: Job, slot: number | null, streamed: boolean): void {
    if (slot === null) this.#encoder.keepInline();
    const frame = this.#encoder.encode({
      kind: job.kind === 'run' ? FRAME_KINDS.run : FRAME_KINDS.placement,
      id: job.id,
      slot: slot ?? NO_SLOT,
      flags: (job.cancellable ? FLAG_CANCELLABLE : 0) | (streamed ? FLAG_STREAMED : 0),
      wanted: job.wanted,
      freed: this.#freed,
    });
    if (slot !== null) this.#feedSlots.set(job.id, slot);
    if (this.#freed.length > 0) this.#freed = [];
    let flows = this.#socket.write(frame);
    if (this.#socket.writableLength > 0) this.#encoder.giveAway();
    if (streamed) {
      streamShared(this.#encoder, this.#feeds!, slot!, (until) => {
        flows = this.#socket.write(encodeSignal(FRAME_KINDS.written, job.id, until));
      });
    }
    this.#encoder.release();
    if (!flows) this.sending = true;
    if (this.#options.maxRssBytes !== null) this.#watchMemory();
  }

  cancel(job: Job): void {
    if (!this.#ended) this.#socket.write(encodeSignal(FRAME_KINDS.cancel, job.id));
  }

  setReferenced(referenced: boolean): void {
    // The connection alone decides; the rest never keeps this process alive once the model is open.
    if (referenced) this.#socket.ref();
    else this.#socket.unref();
    if (this.#restUnreferenced) return;
    this.#restUnreferenced = true;
    this.#child.unref();
    this.#watch.unref();
    (this.#child.stdout as Socket).unref();
    (this.#child.stderr as Socket).unref();
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = resolve;
    const deadline = setTimeout(resolve, CLOSE_WAIT_MS);
    this.#socket.write(encodeSignal(FRAME_KINDS.close, 0));
    await promise;
    clearTimeout(deadline);
    this.kill();
    await Promise.allSettled(this.#reads);
    this.#child.ref();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise((done) => this.#child.once('exit', done));
    }
  }

  kill(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.kill('SIGKILL');
    this.#cleanUp();
  }

  #onFrame(frame: Frame): void {
    if (this.#ended) return;
    switch (frame.kind) {
      case FRAME_KINDS.result:
        this.#onResult(frame);
        return;
      case FRAME_KINDS.opened: {
        this.session = decodeJson(frame).value as OpenedSession;
        (this.#context as { infos: DecodeContext['infos'] }).infos = this.session.outputs;
        this.#opening?.resolve();
        return;
      }
      case FRAME_KINDS.failed: {
        const wire = decodeJson(frame).value as WireError;
        if (this.#opening !== null) {
          this.#opening.reject(fromWireError(wire, this.#order.backend, 'doOpen'));
          return;
        }
        const job = this.#take(frame.id);
        const member = job.kind === 'run' ? 'doRun' : 'doPlacement';
        this.#events.failed(job, fromWireError(wire, this.#order.backend, member));
        return;
      }
      case FRAME_KINDS.placed:
        this.#events.placed(this.#take(frame.id), decodeJson(frame).value as PlacementV1);
        return;
      case FRAME_KINDS.skipped:
        this.#take(frame.id);
        return;
      case FRAME_KINDS.written:
        this.#onWritten(frame);
        return;
      case FRAME_KINDS.progress:
        this.#options.onProgress?.(String(decodeJson(frame).value));
        return;
      case FRAME_KINDS.closed:
        this.#closed?.();
        return;
      default:
        throw new ProtocolError(`It sent a frame of kind ${frame.kind}, which only this side sends.`);
    }
  }

  /** The job that an answer is for; its slot is free again and the next one is sent. */
  #take(id: number): Job {
    const slot = this.#feedSlots.get(id);
    if (slot !== undefined) {
      this.#feedSlots.delete(id);
      this.#feeds!.release(slot);
    }
    const job = this.#events.taken(id);
    if (job === null) throw new ProtocolError(`It answered the call ${id}, which is not its turn.`);
    return job;
  }

  /** More of a result is there. It stays the first job until all of it is, because its process can still be lost. */
  #onWritten(frame: Frame): void {
    const streaming = this.#streaming;
    if (streaming === null || streaming.id !== frame.id) return;
    if (!streaming.reads.advance(frame.slot)) return;
    this.#streaming = null;
    this.#freed.push(streaming.slot);
    const job = this.#take(frame.id);
    this.#events.finished(job, streaming.tensors);
  }

  #onResult(frame: Frame): void {
    const { slot } = frame;
    const streamed = slot !== NO_SLOT && (flagsOf(frame) & FLAG_STREAMED) !== 0;
    const job = streamed ? this.#events.first(frame.id) : this.#take(frame.id);
    if (job === null) throw new ProtocolError(`It answered the call ${frame.id}, which is not its turn.`);
    if (job.settled) {
      if (streamed) this.#take(frame.id);
      if (slot !== NO_SLOT) this.#freed.push(slot);
      return;
    }
    this.#into = job.into;
    let message: DecodedMessage;
    try {
      message = decodeTensors(frame, this.#context);
    } catch (error) {
      if (streamed) this.#take(frame.id);
      if (slot !== NO_SLOT) this.#freed.push(slot);
      if (!(error instanceof ProtocolError)) {
        this.#events.failed(job, error);
        return;
      }
      const how = `was ended because it broke the protocol (${error.message})`;
      this.#events.failed(job, crashedError(this.#order.backend.id, 'process', this.#endOf(how)));
      this.#fail(how, false);
      return;
    }
    if ((message.flags & FLAG_SHARED_MEMORY_FULL) !== 0) this.#noteFull();
    if (streamed) {
      const reads = new StreamedReads(this.#results!, slot, message.reads);
      this.#streaming = { id: frame.id, slot, reads, tensors: message.tensors };
      return;
    }
    let total = 0;
    for (const { into } of message.reads) total += into.byteLength;
    if (total > SYNCHRONOUS_BYTES) {
      this.#hold(this.#readLater(job, slot, message));
      return;
    }
    for (const { into, position } of message.reads) this.#results!.read(slot, into, position);
    if (slot !== NO_SLOT) this.#freed.push(slot);
    this.#events.finished(job, message.tensors);
  }

  async #readLater(job: Job, slot: number, message: DecodedMessage): Promise<void> {
    try {
      const file = this.#results!.file(slot);
      for (const { into, position } of message.reads) {
        let done = 0;
        while (done < into.byteLength) {
          const length = Math.min(into.byteLength - done, 2 ** 30);
          const { bytesRead } = await readLater(file, into, done, length, position + done);
          if (bytesRead === 0) throw new ProtocolError('Shared memory is shorter than what was announced.');
          done += bytesRead;
        }
      }
      this.#freed.push(slot);
      this.#events.finished(job, message.tensors);
    } catch (error) {
      this.#events.failed(
        job,
        crashedError(this.#order.backend.id, 'process', this.#endOf(`lost a result (${errorText(error)})`)),
      );
    }
  }

  #allocate(index: number, byteLength: number): Uint8Array {
    const { name } = this.session.outputs[index]!;
    const memory = this.#into !== null && Object.hasOwn(this.#into, name) ? this.#into[name] : undefined;
    // Nothing is left in it: every byte is written or the message is refused.
    if (memory === undefined) return new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
    if (memory.byteLength !== byteLength) throw intoError(name, memory.byteLength, byteLength);
    return memory;
  }

  #noteFull(): void {
    if (this.#sharedMemoryFull) return;
    this.#sharedMemoryFull = true;
    this.#events.note('Shared memory was full; large tensors go through the socket, which is slower.');
  }

  #watchMemory(): void {
    const limit = this.#options.maxRssBytes;
    const pid = this.#child.pid;
    if (limit === null || pid === undefined || this.#memoryTimer !== null) return;
    const poll = (): void => {
      const resident = residentBytes(pid);
      if (resident === null || resident <= limit) return;
      this.#fail(`was ended because it used ${resident} bytes of memory, more than the ${limit} that it may`);
    };
    this.#memoryTimer = setInterval(poll, MEMORY_POLL_MS);
    this.#memoryTimer.unref();
  }

  #unwatchMemory(): void {
    if (this.#memoryTimer !== null) clearInterval(this.#memoryTimer);
    this.#memoryTimer = null;
  }

  async #onExit(code: number | null, signal: string | null): Promise<void> {
    if (this.#ended) return;
    const how = signal === null ? `exited with status ${code}` : `ended with signal ${signal}`;
    // Answers and last words may still be in the pipes; a grandchild may hold those open for ever.
    await Promise.race([
      new Promise((done) => this.#child.once('close', done)),
      new Promise((done) => setTimeout(done, LAST_WORDS_MS)),
    ]);
    this.#end(how, true);
  }

  #fail(how: string, blamesHead = true): void {
    if (this.#ended) return;
    this.#child.kill('SIGKILL');
    this.#end(how, blamesHead);
  }

  #endOf(how: string, blamesHead = true): HostEnd {
    return { how, evidence: lastWords(this.#complained, this.#printed), blamesHead };
  }

  #end(how: string, blamesHead: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cleanUp();
    this.#closed?.();
    const end = this.#endOf(how, blamesHead);
    if (this.#opening === null) {
      if (this.#closed === null) this.#events.ended(end);
    } else this.#opening.reject(openCrashed(this.#order, end));
  }

  #cleanUp(): void {
    this.#unwatchMemory();
    this.#unguard();
    this.#socket.destroy();
    this.#watch.destroy();
    this.#child.stdout!.destroy();
    this.#child.stderr!.destroy();
    this.#child.unref();
    if (this.sharedMemory !== null) removeSharedFolder(this.sharedMemory);
    // The number of a file that is closed too early may be another file's by then.
    void this.#closeFiles();
  }

  async #closeFiles(): Promise<void> {
    await Promise.allSettled(this.#reads);
    this.#feeds?.close();
    this.#results?.close();
  }

  #hold(work: Promise<unknown>): void {
    this.#reads.add(work);
    const forget = (): void => void this.#reads.delete(work);
    work.then(forget, forget);
  }
}

function lastWords(complained: RecentOutput, printed: RecentOutput): string | null {
  const complaint = complained.tail();
  if (complaint !== null) return `Its standard error ended with: ${complaint}`;
  const print = printed.tail();
  return print === null
    ? null
    : `It said nothing on standard error; its standard output ended with: ${print}`;
}

function openAborted(order: OpenOrder, signal: AbortSignal | null): ExecutionError {
  return new ExecutionError('aborted', 'The caller aborted the opening of the model.', {
    backend: order.backend.id,
    cause: signal?.reason,
  });
}

function openCrashed(order: OpenOrder, end: HostEnd): EngineError {
  const evidence = end.evidence === null ? '' : ` ${end.evidence}`;
  return new EngineError({
    backend: order.backend.id,
    reason: {
      code: 'probe-crashed',
      message: `The process in which \`${order.backend.id}\` opened the model ${end.how}.${evidence}`,
      evidence: [{ path: 'process', value: end.how }],
      remedy: 'Run `switchyard doctor` to see what of this backend works here.',
    },
  });
}

function residentBytes(pid: number): number | null {
  try {
    const resident = /^VmRSS:\s*([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return resident === undefined ? null : Number(resident) * 1024;
  } catch {
    // It is gone, which its exit reports.
    return null;
  }
}
