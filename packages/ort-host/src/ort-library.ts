/** A tensor as the binding takes and gives it. It reads these four members and no class. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView | readonly string[];
  readonly location: string;
}

/** What the binding tells about an input or an output. */
export interface OrtValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  /** A free dimension is its name, `''` where it has none. */
  readonly shape?: readonly (number | string)[];
}

export interface OrtInferenceSession {
  readonly inputMetadata: readonly OrtValueMetadata[];
  readonly outputMetadata: readonly OrtValueMetadata[];
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  /** Writes the profile of a session that was opened with profiling. */
  endProfiling(): void;
  release(): Promise<void>;
}

/** The part of onnxruntime-node that Switchyard uses. */
export interface OrtLibrary {
  readonly InferenceSession: {
    create(
      model: string | Uint8Array,
      options: Readonly<Record<string, unknown>>,
    ): Promise<OrtInferenceSession>;
  };
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
}
