import type { BackendV1, OpenContextV1, ProbeResultV1 } from '../backend/v1/backend-v1.ts';
import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { BackendManifestV1 } from '../backend/v1/manifest-v1.ts';
import type { PredicateV1 } from '../backend/v1/predicate-v1.ts';
import type { BackendSessionV1, ModelSourceV1 } from '../backend/v1/session-v1.ts';
import { DTYPES } from '../tensor/dtype.ts';

export interface MockBackendOptions {
  /** (optional) Parts of the manifest that differ. Default: a stable backend `mock` on one GPU, no opt-in. */
  readonly manifest?: Partial<BackendManifestV1>;
  /** (optional) Default: yes, on the device `<id>:0`. */
  readonly predicate?: PredicateV1;
  /** (optional) Default: throws, as everything that a test did not set does. */
  readonly doProbe?: BackendV1['doProbe'];
  readonly doDevices?: BackendV1['doDevices'];
  readonly doOpen?: BackendV1['doOpen'];
  readonly doArtifacts?: NonNullable<BackendV1['doArtifacts']>;
}

/** A backend for tests: it records every call, and what a test did not set throws. */
export interface MockBackend extends BackendV1 {
  readonly calls: {
    readonly predicate: unknown[];
    readonly doProbe: unknown[];
    readonly doDevices: unknown[];
    readonly doOpen: { readonly model: ModelSourceV1; readonly context: OpenContextV1 }[];
  };
}

/** Makes a {@link MockBackend}. */
export function mockBackend(options: MockBackendOptions = {}): MockBackend {
  const id = options.manifest?.id ?? 'mock';
  const device: DeviceV1 = { id: `${id}:0`, name: `${id} device`, kind: 'gpu', software: false };
  const manifest: BackendManifestV1 = {
    id,
    title: id,
    package: { name: `@test/backend-${id}`, version: '1.0.0' },
    stability: 'stable',
    optIn: false,
    optInReason: 'It is a mock.',
    deviceKinds: ['gpu'],
    dtypes: DTYPES,
    isolation: { minimum: 'inline', recommended: 'inline' },
    options: {},
    ...options.manifest,
  };
  const calls: MockBackend['calls'] = { predicate: [], doProbe: [], doDevices: [], doOpen: [] };
  const notSet = (member: string): never => {
    throw new Error(`The mock backend \`${id}\` was called at \`${member}\`, which the test did not set.`);
  };
  return {
    specificationVersion: 'v1',
    manifest,
    calls,
    predicate(host) {
      calls.predicate.push(host);
      return options.predicate?.(host) ?? { eligible: 'yes', reasons: [], devices: [device] };
    },
    async doProbe(context): Promise<ProbeResultV1> {
      calls.doProbe.push(context);
      return options.doProbe?.(context) ?? notSet('doProbe');
    },
    async doDevices(context): Promise<readonly DeviceV1[]> {
      calls.doDevices.push(context);
      return options.doDevices?.(context) ?? notSet('doDevices');
    },
    async doOpen(model, context): Promise<BackendSessionV1> {
      calls.doOpen.push({ model, context });
      return options.doOpen?.(model, context) ?? notSet('doOpen');
    },
    ...(options.doArtifacts === undefined ? {} : { doArtifacts: options.doArtifacts }),
  };
}
