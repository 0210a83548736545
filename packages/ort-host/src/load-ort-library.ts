import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EngineError, makeReason } from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import { mappedOrtLibraries } from './mapped-libraries.ts';
import type { OrtPackage } from './find-ort-package.ts';
import type { OrtLibrary } from './ort-library.ts';

/** The library with the package that it came from. */
export interface LoadedOrtLibrary {
  readonly library: OrtLibrary;
  readonly version: string;
  /** Folder of the binding and of the libraries beside it. */
  readonly folder: string;
}

const STORE = Symbol.for('switchyard.onnxruntime');

/**
 * The one place that requires onnxruntime-node. The module is kept on `globalThis`, because a second
 * copy of it in one thread aborts the process as soon as both have made a session, and copies of this
 * package, ES and CommonJS, must therefore share it.
 */
export function loadOrtLibrary(backend: string): LoadedOrtLibrary {
  const store = globalThis as { [STORE]?: LoadedOrtLibrary };
  const stored = store[STORE];
  const found = locateOrtPackage(import.meta.url);
  if (found === null) throw missing(backend);
  if (stored !== undefined) {
    if (stored.version !== found.version) {
      throw conflict(backend, found, { version: stored.version, path: stored.folder });
    }
    return stored;
  }
  for (const other of mappedOrtLibraries(found.folder)) {
    if (other.version !== found.version) throw conflict(backend, found, other);
  }
  const library = requireLibrary(backend, found);
  const loaded: LoadedOrtLibrary = { library, version: found.version, folder: found.folder };
  store[STORE] = loaded;
  return loaded;
}

/** Where onnxruntime-node resolves to, or `null` when it does not. Loads nothing. */
export function locateOrtPackage(from: string): OrtPackage | null {
  let manifest: string;
  try {
    manifest = createRequire(from).resolve('onnxruntime-node/package.json');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
  const root = path.dirname(manifest);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  return { root, version, folder: path.join(root, 'bin', 'napi-v6', process.platform, process.arch) };
}

function requireLibrary(
  backend: string,
  found: { readonly folder: string; readonly version: string },
): OrtLibrary {
  // The Linux build carries a telemetry client that nobody asked for; the engine reads this when it starts.
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as OrtLibrary;
  } catch (error) {
    throw loadError(backend, found, error);
  }
}

function loadError(
  backend: string,
  found: { readonly folder: string; readonly version: string },
  error: unknown,
): EngineError {
  const sentence = engineSentence(error);
  const evidence = [{ path: 'onnxruntime-node', value: { version: found.version, error: sentence } }];
  const what = `onnxruntime-node ${found.version} could not be loaded: ${sentence}`;
  if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') {
    return failure(backend, 'artifact-missing', what, evidence, 'Install the project again.', error);
  }
  if (/VERS_\d/.test(sentence)) {
    return failure(backend, 'native-conflict', what, evidence, PROCESS_REMEDY, error);
  }
  if (/GLIBC(XX)?_|ld-linux|musl|incompatible architecture|not a valid Win32/.test(sentence)) {
    const remedy = 'Use a system and a Node.js that onnxruntime-node has a build for (Linux: glibc 2.28).';
    return failure(backend, 'platform-unsupported', what, evidence, remedy, error);
  }
  const library = /(lib[\w.+-]+\.so[.\d]*): cannot open shared object/.exec(sentence)?.[1];
  if (library !== undefined) {
    const own = library.startsWith('libonnxruntime');
    return failure(
      backend,
      own ? 'artifact-missing' : 'runtime-library-missing',
      what,
      evidence,
      own ? 'Install the project again.' : `Install the system package that brings \`${library}\`.`,
      error,
    );
  }
  return failure(backend, 'probe-failed', what, evidence, null, error);
}

const PROCESS_REMEDY =
  'Run this backend in a process of its own (isolation `process`), or let the project use one version of onnxruntime-node.';

function conflict(
  backend: string,
  own: { readonly version: string; readonly folder: string },
  other: { readonly version: string | null; readonly path: string },
): EngineError {
  return failure(
    backend,
    'native-conflict',
    `onnxruntime-node ${own.version} is wanted from \`${own.folder}\`, but ONNX Runtime ${other.version ?? 'of an unknown version'} is already loaded in this process from \`${other.path}\`; one process can hold one version.`,
    [
      {
        path: 'process.report.sharedObjects',
        value: { wanted: own.version, from: own.folder, loaded: other.version, file: other.path },
      },
    ],
    PROCESS_REMEDY,
  );
}

function missing(backend: string): EngineError {
  return failure(
    backend,
    'package-missing',
    'The npm package `onnxruntime-node` does not resolve from `@switchyard/ort-host`.',
    [{ path: 'onnxruntime-node', value: null }],
    'Install the project again; onnxruntime-node comes with `@switchyard/ort-host`.',
  );
}

function failure(
  backend: string,
  code: Parameters<typeof makeReason>[0],
  message: string,
  evidence: Parameters<typeof makeReason>[2],
  remedy: string | null,
  cause?: unknown,
): EngineError {
  const reason = makeReason(code, message, evidence, remedy);
  return new EngineError({ backend, reason, ...(cause === undefined ? {} : { cause }) });
}
