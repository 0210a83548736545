import { deepFreeze, type BackendManifestV1, type BackendV1 } from '@switchyard/core';
import { findEngineFiles } from './find-engine-files.ts';
import { openWasmSession } from './open-wasm-session.ts';
import { probeWasm } from './probe-wasm.ts';
import { VERSION } from './version.ts';
import { ID, WASM_DTYPES } from './wasm-facts.ts';
import { WASM_OPTIONS } from './wasm-options.ts';
import { wasmDevice, wasmPredicate } from './wasm-predicate.ts';

const MANIFEST: BackendManifestV1 = deepFreeze({
  id: ID,
  title: 'WebAssembly (any processor, no native build)',
  package: { name: '@switchyard/backend-wasm', version: VERSION },
  stability: 'experimental',
  optIn: true,
  optInReason:
    'It computes what `cpu` computes, several times slower: it is for machines that `cpu` has no build for, and a person has to want it.',
  deviceKinds: ['cpu'],
  // After `cpu`, whose place it takes where that has no build.
  rank: -10,
  dtypes: WASM_DTYPES,
  // A run holds the thread that calls it, and the memory of WebAssembly never shrinks: a process gives both back.
  isolation: { minimum: 'inline', recommended: 'process' },
  options: WASM_OPTIONS,
});

/** Makes the backend over ONNX Runtime's WebAssembly build for Node.js. Loads nothing and looks at nothing. */
export function createWasmBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: MANIFEST,
    origin: { module: import.meta.url, factory: 'createWasmBackend', arguments: [] },
    predicate: wasmPredicate,
    doArtifacts: async () => findEngineFiles(),
    doProbe: async ({ host, signal }) => probeWasm(host, signal),
    // The engine has exactly one device and says nothing about it.
    doDevices: async ({ host }) => [wasmDevice(host)],
    doOpen: async (model, context) => openWasmSession(model, context),
  };
}
