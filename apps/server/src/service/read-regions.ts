import { bytesPerElement, type WireTensor } from '@switchyard/open-inference';
import type { ModelSignature } from './model-signature.ts';
import type { RegionStore } from './system-shared-memory.ts';
import { elementsOf, sizeMismatch } from './to-feeds.ts';

/**
 * The same inputs with the bytes of their regions, of which a copy is made: the client may change them
 * while the model runs.
 *
 * @throws ProtocolError not-found, invalid-argument, unsupported
 */
export async function readRegions(
  inputs: readonly WireTensor[],
  signature: ModelSignature,
  regions: RegionStore,
): Promise<readonly WireTensor[]> {
  return await Promise.all(
    inputs.map(async (input) => {
      const { content } = input;
      if (content.kind !== 'region') return input;
      const width = bytesPerElement(input.datatype);
      const expected = width === null ? content.byteSize : elementsOf(input.shape) * width;
      if (content.byteSize !== expected) {
        throw sizeMismatch(input, signature.model.name, expected, content.byteSize);
      }
      const bytes = await regions.read(content.region, content.offset, content.byteSize);
      return { ...input, content: { kind: 'bytes', bytes } } as const;
    }),
  );
}

/** Whether any input lies in shared memory. */
export function hasRegions(inputs: readonly WireTensor[]): boolean {
  for (const input of inputs) if (input.content.kind === 'region') return true;
  return false;
}
