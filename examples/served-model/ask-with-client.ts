import { tensorValues, type Tensor } from '@switchyard/core';
import { tensorFrom, type InferenceClient } from '@switchyard/open-inference';
import type { Reading } from './reading.ts';

/** Asks with a client, over REST or gRPC: tensors travel as bytes, and a call has a time. */
export async function askWithClient(client: InferenceClient, image: Tensor): Promise<Reading> {
  const tensor = tensorFrom('image', 'FP32', image.shape, Float32Array.from(tensorValues(image), Number));
  const result = await client.infer('digits', { inputs: [tensor] }, { timeoutMs: 30_000 });
  const { properties } = await client.modelMetadata('digits');
  return {
    probabilities: [...result.output('probabilities').values()].map(Number),
    backend: properties?.['backend'] ?? null,
    device: properties?.['device'] ?? null,
  };
}
