import type { Tensors } from '@switchyard/core';
import { writeNpy } from './write-npy.ts';

/**
 * The bytes of an archive as `numpy.savez` writes it: one array per output, by the output's name, not
 * compressed. The same outputs give the same bytes. Throws a `TensorError` as {@link writeNpy} does.
 */
export async function writeNpz(outputs: Tensors): Promise<Uint8Array> {
  const { zipSync } = await import('fflate');
  const members = Object.entries(outputs).map(
    ([name, tensor]) => [`${name}.npy`, writeNpy(tensor, name)] as const,
  );
  return zipSync(Object.fromEntries(members), { level: 0, mtime: new Date(1980, 0, 1) });
}
