import { locateOrtPackage } from './load-ort-library.ts';

/** Where onnxruntime-node is installed. */
export interface OrtPackage {
  /** Absolute path of the package without links. */
  readonly root: string;
  /** Folder of the binding for this platform; the libraries of providers belong there too. */
  readonly folder: string;
  readonly version: string;
}

/** The onnxruntime-node that backends of this process load, or `null` where it does not resolve. Loads nothing. */
export function findOrtPackage(): OrtPackage | null {
  return locateOrtPackage(import.meta.url);
}
