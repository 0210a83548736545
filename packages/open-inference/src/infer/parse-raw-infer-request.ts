import type { InferRequest, TensorMetadata } from '../messages.ts';
import type { ParseRawOptions } from './codec-options.ts';

export function parseRawInferRequest(
  body: Uint8Array,
  input: TensorMetadata,
  options: ParseRawOptions,
): InferRequest {
  throw new Error(`not built yet: ${body.length} ${input.name} ${options.batched}`);
}
