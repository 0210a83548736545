import type { BackendManifestV1, BackendV1 } from '@switchyard/core';
import { ORT_DTYPES, ORT_NATIVE_GROUP, openOrtSession } from '@switchyard/ort-host';
import { coreMlFlags } from './coreml-flags.ts';
import { OPTIONS, readOptions } from './coreml-options.ts';
import { coremlPredicate } from './coreml-predicate.ts';
import { probeCoreml } from './probe-coreml.ts';
import { tellOpening } from './tell-opening.ts';
import { VERSION } from './version.ts';

export interface MpsCoremlBackendOptions {
  /**
   * (optional) Preference among accelerators that were enabled, from -100 to 100, higher first.
   * A rule, not a claim about speed. Default: 0.
   */
  readonly rank?: number;
}

/**
 * The backend for Apple silicon, over ONNX Runtime's CoreML execution provider: GPU, Neural Engine and CPU
 * as CoreML divides the work. Making it loads nothing and looks at nothing. macOS 14 or newer, arm64.
 */
export function createMpsCoremlBackend(options: MpsCoremlBackendOptions = {}): BackendV1 {
  const manifest: BackendManifestV1 = {
    id: 'mps-coreml',
    aliases: ['mps', 'coreml'],
    title: 'CoreML (Apple silicon)',
    package: { name: '@switchyard/backend-mps-coreml', version: VERSION },
    stability: 'stable',
    optIn: false,
    optInReason:
      'On Apple silicon the GPU and Neural Engine are part of every machine, and CoreML is how macOS offers them: ' +
      'the published platform preference takes it before the CPU.',
    deviceKinds: ['gpu', 'npu', 'cpu'],
    rank: options.rank ?? 0,
    dtypes: ORT_DTYPES,
    nativeGroup: ORT_NATIVE_GROUP,
    isolation: { minimum: 'inline', recommended: 'process' },
    options: OPTIONS,
  };
  return {
    specificationVersion: 'v1',
    manifest,
    origin: { module: import.meta.url, factory: 'createMpsCoremlBackend', arguments: [options] },
    predicate: coremlPredicate,
    doProbe: async ({ host, signal }) => probeCoreml(host, signal),
    // CoreML has no list of devices in the binding: the sets of units are the same on every Mac with Apple silicon.
    doDevices: async ({ host }) => coremlPredicate(host).devices,
    doOpen: async (model, context) => {
      const { choice, session } = readOptions(context.options, context.device);
      const flags = coreMlFlags(choice);
      return tellOpening(choice, context.onProgress, async () =>
        openOrtSession({
          backend: manifest.id,
          model,
          provider: { name: 'coreml', options: { coreMlFlags: flags } },
          device: context.device,
          session,
          ...(context.strict === undefined ? {} : { strict: context.strict }),
          ...(context.signal === undefined ? {} : { signal: context.signal }),
        }),
      );
    },
  };
}
