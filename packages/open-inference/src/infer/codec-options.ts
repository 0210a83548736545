import type { RequestedOutput } from '../messages.ts';

/** What a codec refuses before it reserves memory. */
export interface CodecLimits {
  /** Most elements of one tensor. */
  readonly maxElements: number;
  /** Most containers of JSON inside each other; the document itself counts as one. */
  readonly maxDepth: number;
}

/** 2^28 elements in a tensor, 100 levels of JSON. */
export const DEFAULT_CODEC_LIMITS: CodecLimits = Object.freeze({ maxElements: 2 ** 28, maxDepth: 100 });

/** How to read a request. */
export interface ParseOptions {
  /** Value of `Inference-Header-Content-Length`, `null` without that header. */
  readonly headerLength: number | null;
  readonly limits: CodecLimits;
  /** Named in refusals; left out of them when not given. */
  readonly model?: string;
}

/** How to read a response. */
export interface ParseResponseOptions extends ParseOptions {
  /** Outputs as they were asked for: only they tell where one in shared memory is. */
  readonly outputs?: readonly RequestedOutput[];
}

/** How to read a raw binary request. */
export interface ParseRawOptions {
  readonly limits: CodecLimits;
  /** Named in refusals; left out of them when not given. */
  readonly model?: string;
  /** Whether the first dimension of the input is the batch, which is 1 then. Default false. */
  readonly batched?: boolean;
}

/** What stands for NaN and the infinities in JSON: Triton's tokens, strings, `null`, or a refusal. */
export type NonFinitePolicy = 'token' | 'string' | 'null' | 'error';

/** A body ready to send: the JSON first, then the blobs. The chunks may be views of the tensors' memory. */
export interface EncodedBody {
  readonly chunks: readonly Uint8Array[];
  /** Sum of the chunks, in bytes. */
  readonly byteLength: number;
  /** For `Inference-Header-Content-Length`; `null` when nothing binary follows the JSON. */
  readonly headerLength: number | null;
  readonly contentType: string;
}
