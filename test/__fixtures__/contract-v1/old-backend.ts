import type { BackendV1, DeviceV1, OpenContextV1, ModelSourceV1, BackendSessionV1 } from './contract-v1.d.ts';

// A plugin as somebody wrote it against the first version of the contract. It imports nothing of Switchyard at run time,
// and it is not brought up to date: it stands for the plugins that nobody brings up to date.

const DEVICE: DeviceV1 = { id: 'old-npu:0', name: 'Old NPU', kind: 'npu', software: false };

/** A backend of every member of the first contract, whose models give back what they get. */
export function createOldBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: {
      id: 'old-npu',
      aliases: ['old'],
      title: 'Old NPU',
      package: { name: 'switchyard-old-npu', version: '1.0.0' },
      stability: 'stable',
      optIn: true,
      optInReason: 'It is an example.',
      deviceKinds: ['npu'],
      virtualDevices: ['OLDAUTO'],
      refusedDevices: { OLDGNA: 'That part was removed from the chip.' },
      rank: 3,
      dtypes: ['float32', 'int64', 'string'],
      nativeGroup: { name: 'old-runtime', version: '1.2.3' },
      isolation: { minimum: 'inline', recommended: 'process' },
      options: {
        turns: {
          type: 'integer',
          description: 'How often.',
          minimum: 1,
          maximum: 4,
          unit: 'turns',
          default: 1,
        },
        ratio: { type: 'number', description: 'How much.' },
        mode: { type: 'enum', description: 'Which way.', values: ['fast', 'exact'], default: 'exact' },
        loud: { type: 'boolean', description: 'Whether it says so.' },
        note: { type: 'string', description: 'What it says.' },
      },
    },
    origin: { module: import.meta.url, factory: 'createOldBackend', arguments: [] },
    predicate: ({ os }) =>
      os.platform === 'aix'
        ? {
            eligible: 'no',
            reasons: [
              {
                code: 'platform-unsupported',
                message: 'There is no build for AIX.',
                evidence: [{ path: 'os.platform', value: os.platform }],
                remedy: null,
              },
            ],
            devices: [],
          }
        : { eligible: 'yes', reasons: [], devices: [DEVICE], blockers: [] },
    doArtifacts: async () => [
      { name: 'old.node', present: true, problem: null, settles: ['artifact-missing'] },
    ],
    doProbe: async () => ({ ok: true, devices: [DEVICE], evidence: 'It answered.' }),
    doDevices: async () => [DEVICE],
    doOpen: open,
  };
}

async function open(_model: ModelSourceV1, { device, options }: OpenContextV1): Promise<BackendSessionV1> {
  if (options['mode'] === 'fast') throw new Error('The fast mode is broken.');
  return {
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    device,
    executionProviders: ['OldProvider'],
    doRun: async ({ x }, { outputs = ['y'] } = {}) =>
      x !== undefined && outputs.includes('y') ? { y: x } : {},
    doPlacement: async () => ({
      source: 'the old engine',
      complete: true,
      providers: [{ name: 'OldProvider', nodes: 1, timeShare: null, operators: { Identity: 1 } }],
      partitions: 1,
    }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
