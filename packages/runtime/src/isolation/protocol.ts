/**
 * Frames between a session and its child process, all little-endian, each padded to 8 bytes:
 *
 *   u32 length with header, u16 kind, u16 count, u32 id, u32 slot, then the body
 *
 * Bodies are either JSON (nothing that happens on every run) or tensors (`tensor-encoder.ts`).
 */
export const HEADER_BYTES = 16;

/** In the place of a slot number: the message has no bytes in shared memory. */
export const NO_SLOT = 0xffffffff;

/** In the place of a number of wanted outputs: all of them. */
export const ALL_OUTPUTS = 0xffff;

/** In the flags of a message with tensors: its run may be cancelled before it begins. */
export const FLAG_CANCELLABLE = 1;
/** In the flags of a message with tensors: shared memory was full, and is not used any more. */
export const FLAG_SHARED_MEMORY_FULL = 2;

/** In the flags of a message with tensors: its shared memory is still being written, see `stream-shared.ts`. */
export const FLAG_STREAMED = 4;

/** Bounds that are checked before anything is allocated. */
export interface FrameLimits {
  /** Bytes of one frame, header included. */
  readonly frameBytes: number;
  /** Dimensions of one tensor. */
  readonly rank: number;
  /** Tensors of one message. */
  readonly tensors: number;
  /** Slots of one direction. */
  readonly slots: number;
}

export const FRAME_LIMITS: FrameLimits = Object.freeze({
  frameBytes: 2 ** 31 - 8,
  rank: 64,
  tensors: 4096,
  slots: 4096,
});

/** Messages with all tensors together up to this size travel in their frame; measured, see docs/decisions/0013. */
export const INLINE_BYTES: number = 64 * 1024;

/** Single tensors below this size stay in the frame, also where the message uses shared memory. */
export const SHARED_TENSOR_BYTES = 4096;

/** Starts of tensors in shared memory. */
export const SHARED_ALIGNMENT = 64;

type FrameKind =
  | 'open'
  | 'opened'
  | 'failed'
  | 'progress'
  | 'run'
  | 'result'
  | 'skipped'
  | 'cancel'
  | 'placement'
  | 'placed'
  | 'close'
  | 'closed'
  | 'written';

export const FRAME_KINDS: Readonly<Record<FrameKind, number>> = Object.freeze({
  open: 1,
  opened: 2,
  failed: 3,
  progress: 4,
  run: 5,
  result: 6,
  skipped: 7,
  cancel: 8,
  placement: 9,
  placed: 10,
  close: 11,
  closed: 12,
  written: 13,
});

const HIGHEST_KIND = 13;

/** The other side of a connection said something that the protocol does not allow. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';
}

export function isFrameKind(kind: number): boolean {
  return kind >= 1 && kind <= HIGHEST_KIND;
}

export function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
