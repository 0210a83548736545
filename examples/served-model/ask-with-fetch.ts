import { tensorValues, type Tensor } from '@switchyard/core';
import type { Reading } from './reading.ts';

/** Asks as curl would: numbers as JSON, no library. `url` as in `http://127.0.0.1:8000`. */
export async function askWithFetch(url: string, image: Tensor): Promise<Reading> {
  const response = await fetch(`${url}/v2/models/digits/infer`, {
    method: 'POST',
    body: JSON.stringify({
      inputs: [
        { name: 'image', shape: image.shape, datatype: 'FP32', data: tensorValues(image).map(Number) },
      ],
    }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const answer = (await response.json()) as {
    readonly outputs: readonly [{ readonly data: readonly number[] }];
  };
  return {
    probabilities: answer.outputs[0].data,
    backend: response.headers.get('switchyard-backend'),
    device: response.headers.get('switchyard-device'),
  };
}
