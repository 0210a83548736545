import path from 'node:path';
import type { SharedObjectLook } from '@switchyard/core/host';
import type { OrtPackage } from '@switchyard/ort-host';
import type { CudaPlaces } from './cuda-places.ts';

/** Providers of the engine that run on NVIDIA GPUs. */
export type CudaProvider = 'cuda' | 'tensorrt';

/** Without it the engine can load no provider that comes as a library of its own. */
const BRIDGE = 'libonnxruntime_providers_shared.so';

/** What a look at the files of a provider found: JSON, judged by `judgeProvider()` here or anywhere else. */
export interface ProviderLook {
  readonly schema: 1;
  readonly provider: CudaProvider;
  /** `null` where onnxruntime-node does not resolve. */
  readonly engine: OrtPackage | null;
  /** The bridge first, then the provider; empty where there is no engine. */
  readonly files: readonly SharedObjectLook[];
}

/** Looks for the libraries of a provider beside the engine's binding, and for what they need. Loads nothing. */
export async function lookAtProvider(places: CudaPlaces, provider: CudaProvider): Promise<ProviderLook> {
  const engine = places.engine();
  if (engine === null) return { schema: 1, provider, engine, files: [] };
  const names = [BRIDGE, `libonnxruntime_providers_${provider}.so`];
  const files = await Promise.all(names.map((name) => places.look(path.posix.join(engine.folder, name))));
  return { schema: 1, provider, engine, files };
}
