import type { HostFacts } from '@switchyard/core';
import { lookAtSharedObject, readHostFacts, type SharedObjectLook } from '@switchyard/core/host';
import { findOrtPackage, mappedFiles, type OrtPackage } from '@switchyard/ort-host';

/** What this backend looks at. Tests put a constructed machine in its place. */
export interface CudaPlaces {
  engine(): OrtPackage | null;
  look(file: string): Promise<SharedObjectLook>;
  host(): Promise<HostFacts>;
}

/** The machine and the process that run this. */
export const HERE: CudaPlaces = {
  engine: findOrtPackage,
  // What somebody preloaded is found by the loader before anything else.
  look: (file) => lookAtSharedObject(file, { loaded: mappedFiles }),
  host: () => readHostFacts(),
};
