import type { HostFacts } from '../../host/host-facts.ts';
import type { DeviceV1 } from './device-v1.ts';
import type { BackendManifestV1 } from './manifest-v1.ts';
import type { OptionValuesV1 } from './options-v1.ts';
import type { PredicateV1 } from './predicate-v1.ts';
import type { ReasonCode } from '../../selection/reason-codes.ts';
import type { Reason } from './reason-v1.ts';
import type { BackendSessionV1, ModelSourceV1 } from './session-v1.ts';

/** Where the code of a backend is, for a thread or process that has to make it anew. */
export interface BackendOriginV1 {
  /** URL of the module that exports the factory: `import.meta.url` of the file that it stands in. */
  readonly module: string;
  /** Name of the exported factory function. */
  readonly factory: string;
  /** Arguments of the factory; they must survive JSON. */
  readonly arguments: readonly unknown[];
}

/** A file that a backend needs from its own packages, or what that file needs, looked for without loading anything. */
export interface ArtifactCheckV1 {
  /** What it is: `CUDA execution provider library`. */
  readonly name: string;
  readonly present: boolean;
  /** Why it counts as absent, with a remedy. `null` exactly when `present` is true. */
  readonly problem: Reason | null;
  /**
   * (optional) Codes of the predicate's blockers that this look at the files answers, whether it found a
   * problem or none: those blockers are left out, so that one thing is said once and exactly.
   * Default: none, every blocker stands.
   */
  readonly settles?: readonly ReasonCode[];
}

/** What a probe saw when it really loaded the engine. */
export type ProbeResultV1 =
  | { readonly ok: true; readonly devices: readonly DeviceV1[]; readonly evidence: string }
  | { readonly ok: false; readonly reason: Reason };

/** What `doOpen` gets: values that selection and the option schema have already checked. */
export interface OpenContextV1 {
  /** The device that was selected, one of those that the predicate or a probe listed. */
  readonly device: DeviceV1;
  /** Option values by name, defaults not filled in. */
  readonly options: OptionValuesV1;
  /**
   * (optional) Refuse the model unless every node can run on the device, in the engine's own strict
   * mode where it has one. Default: false.
   */
  readonly strict?: boolean;
  /** (optional) Ends the opening where the engine can be interrupted. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Told of phases that can take long: `compiling for NPU`. Default: nobody is told. */
  readonly onProgress?: (phase: string) => void;
}

/**
 * The contract between Switchyard and a backend, version 1. A plain object made by a
 * `create<Name>Backend()` function; making it loads nothing and looks at nothing.
 *
 * `do*` members are called by the runtime, never by users. They may load native libraries; the
 * manifest and the predicate may not.
 */
export interface BackendV1 {
  /** Discriminates contract versions, so that a later version can be handled beside this one. */
  readonly specificationVersion: 'v1';
  readonly manifest: BackendManifestV1;
  /**
   * (optional) How a thread or another process makes this backend for itself. Default: it can only run
   * inline, and is refused where its own minimum of isolation asks for more.
   */
  readonly origin?: BackendOriginV1;
  readonly predicate: PredicateV1;
  /**
   * (optional) Looks for the files that the backend needs from npm packages. Reads directories,
   * loads nothing. Default: no artifacts are needed.
   */
  doArtifacts?(host: HostFacts): Promise<readonly ArtifactCheckV1[]>;
  /**
   * Loads the engine and finds out whether it works here. Never rejects for an engine that does not
   * work: that is the answer `ok: false`.
   */
  doProbe(context: { readonly host: HostFacts; readonly signal?: AbortSignal }): Promise<ProbeResultV1>;
  /** Devices as the loaded engine lists them. */
  doDevices(context: { readonly host: HostFacts }): Promise<readonly DeviceV1[]>;
  /**
   * Opens a model on exactly the device of the context. Rejects with a `ModelError` when the model is
   * at fault and an `EngineError` when the engine is. It never opens on another device instead.
   */
  doOpen(model: ModelSourceV1, context: OpenContextV1): Promise<BackendSessionV1>;
}
