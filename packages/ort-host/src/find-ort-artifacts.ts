import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactCheckV1, Reason } from '@switchyard/core';
import { locateOrtPackage } from './load-ort-library.ts';
import { makeReason } from './make-reason.ts';

/** A file that should stand beside the binding of onnxruntime-node. */
export interface OrtArtifact {
  /** What it is: `CUDA execution provider library`. */
  readonly name: string;
  /** File name: `libonnxruntime_providers_cuda.so`. */
  readonly file: string;
  /** What to type or do when it is absent. */
  readonly remedy: string;
}

/**
 * Looks for files beside the binding of onnxruntime-node for this platform, without loading anything.
 * When the package itself does not resolve, every file is absent for that reason (`package-missing`).
 *
 * @param from file URL or path from which the package is resolved; this package by default
 */
export async function findOrtArtifacts(
  files: readonly OrtArtifact[],
  from: string = import.meta.url,
): Promise<readonly ArtifactCheckV1[]> {
  const found = locateOrtPackage(from);
  return Promise.all(
    files.map(async (artifact): Promise<ArtifactCheckV1> => {
      const problem = found === null ? packageMissing() : await fileProblem(artifact, found.folder);
      return { name: artifact.name, present: problem === null, problem };
    }),
  );
}

async function fileProblem(artifact: OrtArtifact, folder: string): Promise<Reason | null> {
  const file = path.join(folder, artifact.file);
  try {
    await access(file);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return makeReason(
      'artifact-missing',
      `The ${artifact.name} is not at \`${file}\` (${code ?? 'unknown error'}).`,
      [{ path: file, value: code ?? null }],
      artifact.remedy,
    );
  }
}

function packageMissing(): Reason {
  return makeReason(
    'package-missing',
    'The npm package `onnxruntime-node` does not resolve from this project.',
    [{ path: 'onnxruntime-node', value: null }],
    'Install the project again; onnxruntime-node comes with `@switchyard/ort-host`.',
  );
}
