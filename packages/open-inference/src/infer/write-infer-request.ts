import type { InferRequest } from '../messages.ts';
import type { EncodedBody } from './codec-options.ts';

export function writeInferRequest(request: InferRequest, options: { readonly binary: boolean }): EncodedBody {
  throw new Error(`not built yet: ${request.id} ${options.binary}`);
}
