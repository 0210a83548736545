import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelSummary } from '../model-summary.ts';

/** Looks for the files that a model's external tensors lie in, beside the model. Files outside are left alone. */
export async function findExternalData(summary: ModelSummary, signal?: AbortSignal): Promise<ModelSummary> {
  if (summary.externalData.length === 0) return summary;
  const sizes = new Map<string, number | null>();
  for (const { location, outside } of summary.externalData) {
    if (outside || sizes.has(location)) continue;
    signal?.throwIfAborted();
    sizes.set(location, await sizeOf(join(dirname(summary.path), location)));
  }
  const externalData = summary.externalData.map((entry) => {
    const fileBytes = sizes.get(entry.location) ?? null;
    return entry.outside ? entry : { ...entry, exists: fileBytes !== null, fileBytes };
  });
  return { ...summary, externalData };
}

/** Size in bytes, or null for what is no readable file: then an engine could not use it either. */
async function sizeOf(path: string): Promise<number | null> {
  // Any failure means the same thing here, and a location with a NUL character rejects as well.
  const stats = await stat(path).catch(() => null);
  return stats !== null && stats.isFile() ? stats.size : null;
}
