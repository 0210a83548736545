import type { InferResponse } from '../messages.ts';
import type { ParseOptions } from './codec-options.ts';

export function parseInferResponse(body: Uint8Array, options: ParseOptions): InferResponse {
  throw new Error(`not built yet: ${body.length} ${options.headerLength}`);
}
