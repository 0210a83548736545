import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { openFault } from '../errors/open-fault.ts';
import type { ExternalDataEntry, ModelSummary } from '../model-summary.ts';

type Found = Pick<ExternalDataEntry, 'outside' | 'exists' | 'fileBytes'>;

const ABSENT: Found = { outside: false, exists: false, fileBytes: null };
const OUTSIDE: Found = { outside: true, exists: null, fileBytes: null };

/** Looks for the files that a model's external tensors lie in, beside the model. Files outside are left alone. */
export async function findExternalData(summary: ModelSummary, signal?: AbortSignal): Promise<ModelSummary> {
  if (summary.externalData.length === 0) return summary;
  const folders = await allowedFolders(summary.path).catch((error: unknown) => {
    throw openFault(summary.path, error);
  });
  const found = new Map<string, Found>();
  for (const { location, outside } of summary.externalData) {
    if (found.has(location)) continue;
    signal?.throwIfAborted();
    found.set(location, outside ? OUTSIDE : await find(join(dirname(summary.path), location), folders));
  }
  const externalData = summary.externalData.map((entry) => ({ ...entry, ...found.get(entry.location) }));
  return { ...summary, externalData };
}

/**
 * The folder that the model is named in, and the one that it really is in. Model caches keep models as links into
 * another folder, data included; ONNX Runtime 1.30 accepts just these two folders as well.
 */
async function allowedFolders(path: string): Promise<readonly string[]> {
  return await Promise.all([realpath(dirname(path)), realpath(path).then(dirname)]);
}

async function find(path: string, folders: readonly string[]): Promise<Found> {
  // Whatever keeps the path from leading anywhere, from a missing file to a NUL character, means absent here.
  const real = await realpath(path).catch(() => null);
  if (real === null) return ABSENT;
  if (!folders.some((folder) => contains(folder, real))) return OUTSIDE;
  const stats = await stat(real).catch(() => null);
  return stats !== null && stats.isFile() ? { outside: false, exists: true, fileBytes: stats.size } : ABSENT;
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
