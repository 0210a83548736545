import type { DType } from '../../tensor/dtype.ts';
import type { DeviceKind } from './device-v1.ts';
import type { OptionSchemaV1 } from './options-v1.ts';

/** Where a session may run relative to the caller, from the least to the most separated. */
export type IsolationV1 = 'inline' | 'thread' | 'process';

/** What a backend says about itself: plain data that costs nothing to read and loads nothing. */
export interface BackendManifestV1 {
  /** Lower-case words joined by hyphens (`mps-coreml`, `acme-npu`). It becomes `--use-<id>`. */
  readonly id: string;
  /** (optional) Other names that a person may type for the id. Default: none. */
  readonly aliases?: readonly string[];
  /** Name for people: `CUDA (NVIDIA GPUs)`. */
  readonly title: string;
  /** The npm package that the backend comes in, with the version that is running. */
  readonly package: { readonly name: string; readonly version: string };
  readonly stability: 'stable' | 'experimental';
  /** `true`: never chosen automatically unless a person named or enabled it. */
  readonly optIn: boolean;
  /** Why it is, or is not, opt-in. Shown in reports and documentation. */
  readonly optInReason: string;
  /** Kinds of device that it can use, the most typical one first. */
  readonly deviceKinds: readonly DeviceKind[];
  /**
   * (optional) First words of devices that the engine composes of others, as in `AUTO:GPU,CPU`. They are
   * never listed and only taken when a person names one. Default: none.
   */
  readonly virtualDevices?: readonly string[];
  /**
   * (optional) First words of devices that the engine has and this backend never opens, each with one sentence
   * that says why. Naming one is refused with that sentence. Default: none.
   */
  readonly refusedDevices?: Readonly<Record<string, string>>;
  /**
   * (optional) Preference among backends of the same class, from -100 to 100, higher first; a rule,
   * never a claim about speed. Classes are decided by selection, not here. Default: 0.
   */
  readonly rank?: number;
  /** Element types that inputs and outputs may have. */
  readonly dtypes: readonly DType[];
  /**
   * (optional) Native library of which a process can hold one version only.
   * Default: none, so nothing is checked.
   */
  readonly nativeGroup?: { readonly name: string; readonly version: string };
  /** The least separation that is safe, and the one to use when nobody says otherwise. */
  readonly isolation: { readonly minimum: IsolationV1; readonly recommended: IsolationV1 };
  /** Closed option schema; `{}` when there are none. */
  readonly options: OptionSchemaV1;
}
