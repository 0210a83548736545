import { createRequire } from 'node:module';
import { errorText, makeReason, type ArtifactCheckV1 } from '@switchyard/core';

/** The files of onnxruntime-web that Node.js needs beside its entry; whoever ships an app must ship them too. */
const FILES = [
  { name: 'WebAssembly program of ONNX Runtime', file: 'ort-wasm-simd-threaded.wasm' },
  { name: 'loader of that WebAssembly program', file: 'ort-wasm-simd-threaded.mjs' },
] as const;

/**
 * Looks for the engine's files without loading anything.
 *
 * @param from file URL or path from which the engine is resolved; this package by default
 */
export function findEngineFiles(from: string = import.meta.url): readonly ArtifactCheckV1[] {
  const require = createRequire(from);
  return FILES.map(({ name, file }) => {
    const specifier = `onnxruntime-web/${file}`;
    try {
      require.resolve(specifier);
      return { name, present: true, problem: null };
    } catch (error) {
      const reason = makeReason(
        'artifact-missing',
        `The ${name} (\`${specifier}\`) does not resolve: ${errorText(error)}`,
        [{ path: specifier, value: null }],
        'Install the project again, or copy the file when an app is put together from chosen files.',
      );
      return { name, present: false, problem: reason };
    }
  });
}
