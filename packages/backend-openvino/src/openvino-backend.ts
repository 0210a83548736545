import {
  EngineError,
  makeReason,
  type BackendV1,
  type HostFacts,
  type ProbeResultV1,
} from '@switchyard/core';
import type { NodeAddon } from 'openvino-node';
import { findOpenvinoFiles } from './openvino-artifacts.ts';
import { findContradictions } from './openvino-contradictions.ts';
import { listOpenvinoDevices } from './openvino-devices.ts';
import { createOpenvinoLoader, loadFailure, type OpenvinoLoader } from './openvino-library.ts';
import { OPENVINO_MANIFEST } from './openvino-manifest.ts';
import { openOpenvinoModel } from './openvino-open.ts';
import { openvinoPredicate } from './openvino-predicate.ts';

/** Settings of {@link createOpenvinoBackend}. */
export interface OpenvinoBackendOptions {
  /**
   * (optional) Folder from which `openvino-node` is resolved: that of the application. Default: from where
   * this package is installed.
   */
  readonly baseDirectory?: string;
  /**
   * (optional) A binding to use instead of importing one. For the tests of this package.
   * @internal
   */
  readonly library?: NodeAddon;
}

async function required(load: OpenvinoLoader): Promise<NodeAddon> {
  const loaded = await load();
  if (loaded.ok) return loaded.library;
  throw new EngineError({ backend: 'openvino', reason: loaded.reason, cause: loaded.cause });
}

async function probe(load: OpenvinoLoader, host: HostFacts): Promise<ProbeResultV1> {
  try {
    const loaded = await load();
    if (!loaded.ok) return { ok: false, reason: loaded.reason };
    const { devices, names, unknowns } = listOpenvinoDevices(loaded.library);
    if (devices.length > 0) {
      const version = loaded.library.getOpenvinoVersion().buildNumber;
      const contradictions = findContradictions(host, devices);
      const evidence = [
        `OpenVINO ${version} lists ${names.join(', ')}.`,
        ...contradictions,
        ...unknowns,
      ].join(' ');
      return { ok: true, devices, evidence };
    }
    return {
      ok: false,
      reason: makeReason(
        'hardware-absent',
        'OpenVINO was loaded and lists no CPU, GPU or NPU.',
        [{ path: 'getAvailableDevices', value: names }],
        'Reinstall `openvino-node`: its plugins are missing or cannot be loaded.',
      ),
    };
  } catch (error) {
    return { ok: false, reason: loadFailure(error) };
  }
}

/**
 * Makes the OpenVINO backend. Making it loads nothing and looks at nothing; `openvino-node` is
 * imported by `doProbe`, `doDevices` and `doOpen`. It is opt-in: never chosen unless a person names
 * or enables `openvino`.
 *
 * It runs in a process of its own (`isolation.minimum`): errors on the native threads of some versions of
 * openvino-node end the process that they happen in.
 */
export function createOpenvinoBackend(options: OpenvinoBackendOptions = {}): BackendV1 {
  const { baseDirectory, library } = options;
  const load: OpenvinoLoader =
    library === undefined ? createOpenvinoLoader(baseDirectory) : async () => ({ ok: true, library });
  return {
    specificationVersion: 'v1',
    manifest: OPENVINO_MANIFEST,
    // A library that was handed over exists in this thread only.
    ...(library === undefined
      ? { origin: { module: import.meta.url, factory: 'createOpenvinoBackend', arguments: [options] } }
      : {}),
    predicate: openvinoPredicate,
    async doArtifacts() {
      return findOpenvinoFiles(baseDirectory).checks;
    },
    async doProbe({ host }) {
      return probe(load, host);
    },
    async doDevices() {
      return listOpenvinoDevices(await required(load)).devices;
    },
    async doOpen(model, context) {
      return openOpenvinoModel(await required(load), model, context);
    },
  };
}
