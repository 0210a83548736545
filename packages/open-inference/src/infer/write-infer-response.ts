import type { InferRequest, InferResponse } from '../messages.ts';
import type { EncodedBody, NonFinitePolicy } from './codec-options.ts';

export function writeInferResponse(
  response: InferResponse,
  request: Pick<InferRequest, 'parameters' | 'outputs'>,
  options: { readonly nonFinite: NonFinitePolicy },
): EncodedBody {
  throw new Error(`not built yet: ${response.id} ${request.outputs.length} ${options.nonFinite}`);
}
