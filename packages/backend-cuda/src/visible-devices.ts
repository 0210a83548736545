import type { CudaGpu } from './nvidia-gpus.ts';

/** One GPU that CUDA shows: by its place in CUDA's numbering of all GPUs, or known exactly. */
export type VisibleGpu = { readonly place: number } | { readonly gpu: CudaGpu } | { readonly named: string };

export interface VisibleDevices {
  readonly visible: readonly VisibleGpu[];
  /** The first entry that names no GPU here: CUDA ignores it and everything after it. `null` when there is none. */
  readonly stoppedAt: string | null;
}

/**
 * Reads `CUDA_VISIBLE_DEVICES` as the CUDA programming guide describes it: a list of numbers, of `GPU-…`
 * identifiers that may be shortened, or of `MIG-…` identifiers; it filters and reorders, and an entry
 * that is not valid ends it. A repeated entry is taken as not valid. `undefined` leaves every GPU visible.
 */
export function visibleDevices(
  variable: string | undefined,
  gpus: readonly CudaGpu[],
  counted: boolean,
): VisibleDevices {
  if (variable === undefined) return { visible: gpus.map((_gpu, place) => ({ place })), stoppedAt: null };
  if (variable.trim() === '') return { visible: [], stoppedAt: null };
  const visible: VisibleGpu[] = [];
  const seen = new Set<string>();
  for (const entry of variable.split(',').map((part) => part.trim())) {
    const found = resolve(entry, gpus, counted);
    const identity = found === null ? '' : JSON.stringify(found);
    if (found === null || seen.has(identity)) return { visible, stoppedAt: entry };
    seen.add(identity);
    visible.push(found);
  }
  return { visible, stoppedAt: null };
}

function resolve(entry: string, gpus: readonly CudaGpu[], counted: boolean): VisibleGpu | null {
  if (/^\d+$/.test(entry)) {
    const place = Number(entry);
    return counted && place >= gpus.length ? null : { place };
  }
  if (/^MIG-./i.test(entry)) return { named: `MIG instance ${entry}` };
  if (!/^GPU-./i.test(entry)) return null;
  const matches = gpus.filter(({ uuid }) => uuid?.toLowerCase().startsWith(entry.toLowerCase()));
  if (matches.length === 1) return { gpu: matches[0]! };
  const allRead = counted && gpus.every(({ uuid }) => uuid !== null);
  return matches.length > 1 || allRead ? null : { named: `NVIDIA GPU ${entry}` };
}
