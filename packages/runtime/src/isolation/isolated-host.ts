import type {
  BackendOriginV1,
  DeviceV1,
  IsolationV1,
  ModelSourceV1,
  OptionValuesV1,
  PlacementV1,
  Tensors,
  ValueInfo,
} from '@switchyard/core';

/** What a thread or process is told to open. */
export interface OpenOrder {
  readonly backend: { readonly id: string; readonly package: string };
  readonly origin: BackendOriginV1;
  readonly model: ModelSourceV1;
  readonly device: DeviceV1;
  readonly options: OptionValuesV1;
  readonly strict: boolean | null;
}

/** What a thread or process says about the session that it opened. */
export interface OpenedSession {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly device: DeviceV1;
  readonly executionProviders: readonly string[];
}

/** One call that waits for its turn or its answer. */
export interface Job {
  readonly id: number;
  readonly kind: 'run' | 'placement';
  readonly feeds: Tensors | null;
  /** Indices of the outputs to compute, or `null` for all. */
  readonly wanted: readonly number[] | null;
  readonly into: Readonly<Record<string, Uint8Array>> | null;
  readonly transfer: boolean;
  /** Whether its caller may give it up before it is done. */
  readonly cancellable: boolean;
  /** Its promise is settled; an answer that still comes is thrown away. */
  settled: boolean;
}

/** What a host tells the session that it works for. Jobs are answered in the order in which they were sent. */
export interface HostEvents {
  /**
   * The first job that was sent is over and the next one runs. Gives that job, or `null` when another
   * one was answered than the first, which the host has to treat as a broken protocol.
   */
  taken(id: number): Job | null;
  /** The first job that was sent, where it has that id. */
  first(id: number): Job | null;
  finished(job: Job, tensors: Tensors): void;
  placed(job: Job, placement: PlacementV1): void;
  failed(job: Job, error: unknown): void;
  /** A job that was sent cannot be handed over; the others are not concerned. */
  impossible(job: Job, error: unknown): void;
  /** Something that a caller may want to know of later. */
  note(text: string): void;
  /** It takes jobs again after {@link Host.sending}. */
  ready(): void;
  /** It is gone, and nobody asked for that. */
  ended(why: HostEnd): void;
}

/** How a thread or process came to its end. */
export interface HostEnd {
  /** A clause without full stop: `ended with signal SIGSEGV`. */
  readonly how: string;
  /** A sentence with its last words, or `null` where there were none. */
  readonly evidence: string | null;
  /** Whether the job that was running has to do with it; otherwise that job is run again. */
  readonly blamesHead: boolean;
}

/** A thread or process with one open session. */
export interface Host {
  readonly kind: Exclude<IsolationV1, 'inline'>;
  readonly session: OpenedSession;
  readonly pid: number | null;
  /** Jobs that it is given at a time: one runs, the others are there already. */
  readonly window: number;
  /** Whether it can be ended at any moment. */
  readonly killable: boolean;
  /** Folder of its shared memory, or `null` where tensors go another way. */
  readonly sharedMemory: string | null;
  /** It takes no job at this moment. */
  readonly sending: boolean;
  /** @throws what makes this one job impossible; others can follow */
  send(job: Job): void;
  /** Tells it that nobody waits for a job that has perhaps not begun. */
  cancel(job: Job): void;
  /** While it is referenced, it keeps this process alive. */
  setReferenced(referenced: boolean): void;
  /** Releases the session and ends it. No job may be on its way. */
  close(): Promise<void>;
  /** Ends it now. Without effect for what is not killable. */
  kill(): void;
}
