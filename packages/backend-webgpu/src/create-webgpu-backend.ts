import {
  EngineError,
  makeReason,
  type BackendManifestV1,
  type BackendSessionV1,
  type BackendV1,
  type ModelSourceV1,
  type OpenContextV1,
} from '@switchyard/core';
import { ORT_DTYPES, ORT_NATIVE_GROUP, openOrtSession } from '@switchyard/ort-host';
import { probeWebgpu } from './probe-webgpu.ts';
import { readAdapter } from './read-adapter.ts';
import { VERSION } from './version.ts';
import { DEVICE_ID } from './webgpu-device.ts';
import { claimProcessWide, readOptions, WEBGPU_OPTIONS } from './webgpu-options.ts';
import { webgpuPredicate } from './webgpu-predicate.ts';

export interface WebgpuBackendOptions {
  /**
   * (optional) Preference among accelerators that were enabled, from -100 to 100, higher first.
   * A rule, not a claim about speed. Default: 0.
   */
  readonly rank?: number;
}

/**
 * The backend for GPUs of any vendor, over ONNX Runtime's WebGPU execution provider: Vulkan on Linux,
 * Metal on macOS, Direct3D 12 on Windows. Making it loads nothing and looks at nothing.
 */
export function createWebgpuBackend(options: WebgpuBackendOptions = {}): BackendV1 {
  const manifest: BackendManifestV1 = {
    id: 'webgpu',
    title: 'WebGPU (GPUs through Vulkan, Metal or Direct3D)',
    package: { name: '@switchyard/backend-webgpu', version: VERSION },
    stability: 'experimental',
    optIn: true,
    optInReason:
      'Its device can be an emulation on the CPU, ten times slower than the CPU itself, and operators are reported ' +
      'to compute wrong values (onnxruntime issues #24070, #25227, #26367, #26732, #29651, #32275): a person has to want it.',
    deviceKinds: ['gpu'],
    rank: options.rank ?? 0,
    dtypes: ORT_DTYPES,
    nativeGroup: ORT_NATIVE_GROUP,
    // The engine has one device per process, and two threads that use it at once end the process or fail.
    isolation: { minimum: 'process', recommended: 'process' },
    options: WEBGPU_OPTIONS,
  };
  return {
    specificationVersion: 'v1',
    manifest,
    origin: { module: import.meta.url, factory: 'createWebgpuBackend', arguments: [options] },
    predicate: webgpuPredicate,
    doProbe: async ({ host }) => probeWebgpu(host),
    // The binding lists no adapters; those of the system, as the facts have them, are the list.
    doDevices: async ({ host }) => webgpuPredicate(host).devices,
    doOpen: async (model, context) => openWebgpu(model, context),
  };
}

async function openWebgpu(model: ModelSourceV1, context: OpenContextV1): Promise<BackendSessionV1> {
  const { device, strict, signal } = context;
  if (device.id !== DEVICE_ID) throw noSuchDevice(device.id);
  const { provider, session } = readOptions(context.options);
  claimProcessWide(provider);
  return openOrtSession({
    backend: 'webgpu',
    model,
    provider: { name: 'webgpu', options: provider },
    device,
    readDevice: readAdapter,
    session,
    ...(strict === undefined ? {} : { strict }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function noSuchDevice(id: string): EngineError {
  return new EngineError({
    backend: 'webgpu',
    reason: makeReason(
      'device-unknown',
      `\`${id}\` is not a device of the \`webgpu\` backend, which has one: the adapter that the engine takes.`,
      { device: id },
      `Name it as \`${DEVICE_ID}\`; \`VK_DRIVER_FILES\` decides which adapter that is on Linux.`,
    ),
  });
}
