import type { CodecLimits } from '../infer/codec-options.ts';

/** JSON with objects as maps, and integers that a number cannot hold exactly as bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

export function parseJsonDocument(body: Uint8Array, limits: Pick<CodecLimits, 'maxDepth'>): JsonValue {
  throw new Error(`not built yet: ${body.length} ${limits.maxDepth}`);
}
