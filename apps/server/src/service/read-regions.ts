import { bytesPerElement, ProtocolError, type WireTensor } from '@switchyard/open-inference';
import type { MemoryBudget } from '../operation/admission.ts';
import type { ModelSignature } from './model-signature.ts';
import type { RegionStore } from './system-shared-memory.ts';
import { elementsOf, sizeMismatch } from './to-feeds.ts';

/** What bounds the memory that regions are copied to. */
export interface RegionLimits {
  /** For the inputs of one request. */
  readonly maxBytes: number;
  readonly memory: Pick<MemoryBudget, 'take'>;
}

/** Inputs whose bytes are here, and the memory that they take. */
export interface ReadInputs {
  readonly inputs: readonly WireTensor[];
  /** Gives the memory back, when nobody reads the inputs any more. */
  readonly release: () => void;
}

/**
 * The same inputs with the bytes of their regions, of which a copy is made: the client may change them
 * while the model runs.
 *
 * @throws ProtocolError not-found, invalid-argument, unsupported, too-large, exhausted
 */
export async function readRegions(
  inputs: readonly WireTensor[],
  signature: ModelSignature,
  regions: RegionStore,
  { maxBytes, memory }: RegionLimits,
): Promise<ReadInputs> {
  let bytes = 0;
  for (const input of inputs) bytes += regionBytes(input, signature);
  if (bytes > maxBytes) {
    throw new ProtocolError(
      'too-large',
      `inputs in shared memory take ${bytes} bytes, but a request of this server takes at most ${maxBytes}`,
    );
  }
  const release = memory.take(bytes);
  try {
    return { inputs: await Promise.all(inputs.map((input) => readInput(input, regions))), release };
  } catch (error) {
    release();
    throw error;
  }
}

function regionBytes(input: WireTensor, signature: ModelSignature): number {
  const { content } = input;
  if (content.kind !== 'region') return 0;
  const width = bytesPerElement(input.datatype);
  const expected = width === null ? content.byteSize : elementsOf(input.shape) * width;
  if (content.byteSize === expected) return expected;
  throw sizeMismatch(input, signature.model.name, expected, content.byteSize);
}

async function readInput(input: WireTensor, regions: RegionStore): Promise<WireTensor> {
  const { content } = input;
  if (content.kind !== 'region') return input;
  const bytes = await regions.read(content.region, content.offset, content.byteSize);
  return { ...input, content: { kind: 'bytes', bytes } };
}

/** Whether any input lies in shared memory. */
export function hasRegions(inputs: readonly WireTensor[]): boolean {
  for (const input of inputs) if (input.content.kind === 'region') return true;
  return false;
}
