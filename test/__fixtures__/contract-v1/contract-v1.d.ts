// The backend contract, version 1, and the host facts as they were on 2026-11-22. Frozen: a plugin that was written
// then has these types. When today's contract no longer takes them, it is the contract that broke, not this file.

export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly source: string }
  | { readonly known: false; readonly why: string };

export interface OsFacts {
  readonly platform: string;
  readonly arch: string;
  readonly name: Fact<string>;
  readonly version: Fact<string>;
  readonly build: Fact<string>;
  readonly kernel: Fact<string>;
}

export interface LibcFacts {
  readonly flavour: 'glibc' | 'musl';
  readonly version: string;
}

export interface NodeFacts {
  readonly version: string;
  readonly napi: string;
}

export interface CpuFacts {
  readonly model: Fact<string>;
  readonly vendor: Fact<string>;
  readonly machineArch: Fact<string>;
  readonly logicalCores: Fact<number>;
  readonly physicalCores: Fact<number>;
  readonly features: Fact<readonly string[]>;
}

export interface MemoryFacts {
  readonly totalBytes: Fact<number>;
  readonly limitBytes: Fact<number | null>;
}

export interface EnvironmentKindFacts {
  readonly rosetta: Fact<boolean>;
  readonly wsl: Fact<1 | 2 | null>;
  readonly container: Fact<string | null>;
  readonly vm: Fact<string | null>;
}

export interface AcceleratorFacts {
  readonly kind: 'gpu' | 'npu';
  readonly vendor: string;
  readonly vendorId: string | null;
  readonly deviceId: string | null;
  readonly busId: string | null;
  readonly name: string | null;
  readonly driver: string | null;
  readonly integrated: boolean | null;
}

export interface NvidiaGpuFacts {
  readonly index: number;
  readonly name: string;
  readonly uuid: string | null;
  readonly busId: string | null;
}

export interface NvidiaFacts {
  readonly driverVersion: Fact<string | null>;
  readonly gpus: Fact<readonly NvidiaGpuFacts[]>;
}

export interface VulkanDriverFacts {
  readonly name: string;
  readonly library: string;
  readonly software: boolean | 'unknown';
}

export interface LibraryFacts {
  readonly name: string;
  readonly path: string;
}

export interface Provenance {
  readonly kind: 'live' | 'recorded' | 'documented';
  readonly description: string;
}

export interface HostFacts {
  readonly schema: 1;
  readonly provenance: Provenance;
  readonly os: OsFacts;
  readonly libc: Fact<LibcFacts>;
  readonly node: NodeFacts;
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly environment: EnvironmentKindFacts;
  readonly accelerators: Fact<readonly AcceleratorFacts[]>;
  readonly deviceNodes: Fact<readonly string[]>;
  readonly nvidia: NvidiaFacts;
  readonly vulkanDrivers: Fact<readonly VulkanDriverFacts[]>;
  readonly libraries: Fact<readonly LibraryFacts[]>;
  readonly variables: Readonly<Record<string, string>>;
}

export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int4'
  | 'uint4'
  | 'bool'
  | 'string';

export interface NumericTensor {
  readonly dtype: Exclude<DType, 'string'>;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface StringTensor {
  readonly dtype: 'string';
  readonly shape: readonly number[];
  readonly strings: readonly string[];
}

export type Tensor = NumericTensor | StringTensor;

export type Tensors = Readonly<Record<string, Tensor>>;

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string | null)[];
}

export type ReasonCode =
  | 'explicit-request'
  | 'auto-preferred'
  | 'only-candidate'
  | 'measured-best'
  | 'lower-rank'
  | 'opt-in-not-given'
  | 'plugin-not-listed'
  | 'disabled-by-user'
  | 'not-in-list'
  | 'platform-unsupported'
  | 'hardware-absent'
  | 'package-missing'
  | 'artifact-missing'
  | 'runtime-library-missing'
  | 'driver-mismatch'
  | 'native-conflict'
  | 'software-device'
  | 'device-unknown'
  | 'probe-failed'
  | 'probe-crashed'
  | 'probe-timeout'
  | 'api-mismatch'
  | 'plugin-bug'
  | 'trial-placement'
  | 'trial-parity'
  | 'trial-speed'
  | 'fallback-allowed'
  | 'fallback-refused'
  | 'conflict'
  | 'unknown-backend'
  | 'invalid-value';

export interface Evidence {
  readonly path: string;
  readonly value: unknown;
}

export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly remedy: string | null;
}

export type DeviceKind = 'cpu' | 'gpu' | 'npu';

export interface DeviceV1 {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly name: string;
  readonly kind: DeviceKind;
  readonly software: boolean | 'unknown';
  readonly integrated?: boolean;
  readonly driver?: string;
}

export type OptionSpecV1 = {
  readonly description: string;
} & (
  | { readonly type: 'boolean'; readonly default?: boolean }
  | {
      readonly type: 'integer' | 'number';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly unit?: string;
      readonly default?: number;
    }
  | { readonly type: 'string'; readonly default?: string }
  | { readonly type: 'enum'; readonly values: readonly string[]; readonly default?: string }
);

export type OptionSchemaV1 = Readonly<Record<string, OptionSpecV1>>;

export type OptionValuesV1 = Readonly<Record<string, boolean | number | string>>;

export type IsolationV1 = 'inline' | 'thread' | 'process';

export interface BackendManifestV1 {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly package: { readonly name: string; readonly version: string };
  readonly stability: 'stable' | 'experimental';
  readonly optIn: boolean;
  readonly optInReason: string;
  readonly deviceKinds: readonly DeviceKind[];
  readonly virtualDevices?: readonly string[];
  readonly refusedDevices?: Readonly<Record<string, string>>;
  readonly rank?: number;
  readonly dtypes: readonly DType[];
  readonly nativeGroup?: { readonly name: string; readonly version: string };
  readonly isolation: { readonly minimum: IsolationV1; readonly recommended: IsolationV1 };
  readonly options: OptionSchemaV1;
}

export interface PredicateAnswerV1 {
  readonly eligible: 'yes' | 'no' | 'unknown';
  readonly reasons: readonly Reason[];
  readonly devices: readonly DeviceV1[];
  readonly blockers?: readonly Reason[];
}

export type PredicateV1 = (host: HostFacts) => PredicateAnswerV1;

export type ModelSourceV1 = { readonly path: string } | { readonly bytes: Uint8Array; readonly name: string };

export interface PlacementV1 {
  readonly source: string;
  readonly complete: boolean;
  readonly providers: readonly {
    readonly name: string;
    readonly nodes: number | null;
    readonly timeShare: number | null;
    readonly operators?: Readonly<Record<string, number>>;
  }[];
  readonly partitions: number | null;
}

export interface BackendRunOptionsV1 {
  readonly signal?: AbortSignal;
  readonly outputs?: readonly string[];
}

export interface BackendSessionV1 {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly device: DeviceV1;
  readonly executionProviders: readonly string[];
  doRun(feeds: Tensors, options?: BackendRunOptionsV1): Promise<Tensors>;
  doPlacement(request?: { readonly feeds?: Tensors }): Promise<PlacementV1>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface BackendOriginV1 {
  readonly module: string;
  readonly factory: string;
  readonly arguments: readonly unknown[];
}

export interface ArtifactCheckV1 {
  readonly name: string;
  readonly present: boolean;
  readonly problem: Reason | null;
  readonly settles?: readonly ReasonCode[];
}

export type ProbeResultV1 =
  | { readonly ok: true; readonly devices: readonly DeviceV1[]; readonly evidence: string }
  | { readonly ok: false; readonly reason: Reason };

export interface OpenContextV1 {
  readonly device: DeviceV1;
  readonly options: OptionValuesV1;
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string) => void;
}

export interface BackendV1 {
  readonly specificationVersion: 'v1';
  readonly manifest: BackendManifestV1;
  readonly origin?: BackendOriginV1;
  readonly predicate: PredicateV1;
  doArtifacts?(host: HostFacts): Promise<readonly ArtifactCheckV1[]>;
  doProbe(context: { readonly host: HostFacts; readonly signal?: AbortSignal }): Promise<ProbeResultV1>;
  doDevices(context: { readonly host: HostFacts }): Promise<readonly DeviceV1[]>;
  doOpen(model: ModelSourceV1, context: OpenContextV1): Promise<BackendSessionV1>;
}
