import {
  checkFeeds,
  checkOptions,
  checkOutputNames,
  DTYPES,
  ExecutionError,
  makeTensor,
  ModelError,
  type BackendManifestV1,
  type BackendSessionV1,
  type BackendV1,
  type DeviceV1,
  type ValueInfo,
} from '@switchyard/core';
import { inspectModelBytes } from '@switchyard/onnx';
import { evaluate } from './evaluate.ts';

const DEVICE: DeviceV1 = { id: 'scripted:0', name: 'Scripted device', kind: 'npu', software: false };

const MANIFEST: BackendManifestV1 = {
  id: 'scripted',
  aliases: ['script'],
  title: 'Scripted',
  package: { name: '@test/backend-scripted', version: '1.0.0' },
  stability: 'experimental',
  optIn: true,
  optInReason: 'It is a script for tests, so a person asks for it.',
  deviceKinds: ['npu'],
  dtypes: DTYPES,
  isolation: { minimum: 'inline', recommended: 'process' },
  options: {
    mode: { type: 'enum', values: ['fast', 'exact'], default: 'exact', description: 'How it computes.' },
    streams: { type: 'integer', minimum: 1, maximum: 8, unit: 'streams', default: 1, description: 'How many there are.' },
    cache: { type: 'boolean', default: false, description: 'Whether it remembers.' },
    folder: { type: 'string', description: 'Where it remembers.' },
  },
};

/** A healthy backend that knows the models of the kit by their names and computes them without an engine. */
export function createScriptedBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: MANIFEST,
    origin: { module: import.meta.url, factory: 'createScriptedBackend', arguments: [] },
    predicate({ accelerators, os }) {
      if (os.platform !== 'win32') return { eligible: 'yes', reasons: [], devices: [DEVICE] };
      const why = accelerators.known ? 'Scripts do not run on Windows.' : 'What is in this machine is not known.';
      return {
        eligible: accelerators.known ? 'no' : 'unknown',
        reasons: [
          {
            code: 'platform-unsupported',
            message: why,
            evidence: [{ path: 'os.platform', value: os.platform }],
            remedy: null,
          },
        ],
        devices: [],
      };
    },
    doProbe: async () => ({ ok: true, devices: [DEVICE], evidence: 'The script was read.' }),
    doDevices: async () => [DEVICE],
    async doOpen(source, { device, options, signal }) {
      if (signal?.aborted === true) throw aborted(signal);
      checkOptions(MANIFEST.options, options, 'backend `scripted`');
      const name = 'path' in source ? source.path : source.name;
      const { inputs, outputs } = inspectModelBytes('path' in source ? new Uint8Array() : source.bytes);
      if (name === 'unknown-operator') {
        const message = 'The script has no operator `OperatorThatNoEngineHas`.';
        throw new ModelError('model-unsupported', message, { model: name });
      }
      const infos = [inputs, outputs].map((values) =>
        values.map((value) => ({ name: value.name, dtype: value.dtype, shape: value.shape }) as ValueInfo),
      );
      return openScript(name, device, infos[0]!, infos[1]!);
    },
  };
}

function aborted(signal: AbortSignal): ExecutionError {
  const cause: unknown = signal.reason;
  return new ExecutionError('aborted', 'It was aborted before it began.', { backend: 'scripted', cause });
}

function openScript(
  name: string,
  device: DeviceV1,
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): BackendSessionV1 {
  let closed = false;
  const throwIfClosed = (): void => {
    if (!closed) return;
    throw new ExecutionError('session-closed', 'The session was released before.', { backend: 'scripted' });
  };
  return {
    inputs,
    outputs,
    device,
    executionProviders: ['ScriptedExecutionProvider'],
    async doRun(feeds, { signal, outputs: wanted = outputs.map((value) => value.name) } = {}) {
      throwIfClosed();
      checkFeeds(inputs, feeds);
      checkOutputNames(outputs, wanted);
      if (signal?.aborted === true) throw aborted(signal);
      if (name === 'loop') await workFor(feeds['count']!);
      // The probe's own model is the only one that is not of the kit.
      return evaluate(name, feeds) ?? { y: makeTensor('float32', [2, 2], [8.5, 0, 2.25, 0]) };
    },
    async doPlacement() {
      throwIfClosed();
      const provider = { name: 'ScriptedExecutionProvider', nodes: 2, timeShare: null };
      return { source: 'the script', complete: true, providers: [provider], partitions: 1 };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}

/** A loop takes as long as an engine's would; the thread waits, as in native code. */
async function workFor(count: Parameters<typeof evaluate>[1][string]): Promise<void> {
  if (count.dtype !== 'int64') return;
  const turns = Number(new DataView(count.bytes.buffer, count.bytes.byteOffset).getBigInt64(0, true));
  if (turns >= 2000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(turns / 20, 600));
}
