import type { ArtifactCheckV1 } from '@switchyard/core';

/** A file that should stand beside the binding of onnxruntime-node. */
export interface OrtArtifact {
  /** What it is: `CUDA execution provider library`. */
  readonly name: string;
  /** File name: `libonnxruntime_providers_cuda.so`. */
  readonly file: string;
  /** What to type or do when it is absent. */
  readonly remedy: string;
}

/** Looks for files beside the binding of onnxruntime-node, without loading anything. */
export function findOrtArtifacts(
  _files: readonly OrtArtifact[],
  _from?: string,
): Promise<readonly ArtifactCheckV1[]> {
  return Promise.resolve([]);
}
