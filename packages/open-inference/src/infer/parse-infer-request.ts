import type { InferRequest } from '../messages.ts';
import type { ParseOptions } from './codec-options.ts';

export function parseInferRequest(body: Uint8Array, options: ParseOptions): InferRequest {
  throw new Error(`not built yet: ${body.length} ${options.headerLength}`);
}
