import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackendV1, HostFacts } from '@switchyard/core';
import { lookAtSharedObject, readHostFacts, type ReadHostFactsOptions } from '@switchyard/core/host';
import { cudaBackendOn } from '../cuda-backend-on.ts';
import type { CudaPlaces } from '../cuda-places.ts';

/** Files of a machine by absolute path: content, `{ link }` for a symbolic link, `null` for none of that name. */
export type CudaTree = Readonly<Record<string, string | Uint8Array | { readonly link: string } | null>>;

/** A constructed machine. */
export interface CudaMachineParts {
  readonly tree: CudaTree;
  /** (optional) Environment of the process. Default: empty. */
  readonly environment?: Readonly<Record<string, string>>;
  /** (optional) `process.arch`. Default: `x64`. */
  readonly arch?: string;
}

/** What was read from a constructed machine, and a backend that looks at it and at nothing else. */
export interface CudaMachine extends AsyncDisposable {
  readonly host: HostFacts;
  readonly places: CudaPlaces;
  readonly backend: BackendV1;
}

/** Where onnxruntime-node is on constructed machines. */
export const ENGINE_ROOT = '/app/node_modules/onnxruntime-node';
/** Where its libraries are. */
export const ENGINE_FOLDER: string = `${ENGINE_ROOT}/bin/napi-v6/linux/x64`;

/** Writes a machine below a temporary folder, which goes away with the value, and reads it as any other is read. */
export async function cudaMachine(parts: CudaMachineParts): Promise<CudaMachine> {
  const root = await mkdtemp(path.join(tmpdir(), 'switchyard-cuda-'));
  for (const [file, content] of Object.entries(parts.tree)) {
    if (content === null) continue;
    const at = path.join(root, file);
    await mkdir(path.dirname(at), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(at, content);
    else await symlink(content.link, at);
  }
  const arch = parts.arch ?? 'x64';
  const machine = {
    root,
    environment: parts.environment ?? {},
    process: {
      arch,
      nodeVersion: '24.21.0',
      napiVersion: '10',
      availableParallelism: () => 8,
      machine: () => (arch === 'x64' ? 'x86_64' : 'aarch64'),
      release: () => '6.1.0-18-amd64',
      glibcVersion: () => '2.36',
      cwd: () => '/app',
    },
  } satisfies ReadHostFactsOptions;
  const host = await readHostFacts({ ...machine, platform: 'linux' });
  const places: CudaPlaces = {
    engine: () => ({ root: ENGINE_ROOT, folder: ENGINE_FOLDER, version: '1.30.0' }),
    look: (file) => lookAtSharedObject(file, machine),
    host: async () => host,
  };
  return {
    host,
    places,
    backend: cudaBackendOn(places),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
