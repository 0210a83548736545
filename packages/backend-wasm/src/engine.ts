/** What this backend uses of onnxruntime-web, whose own types pull in those of a browser. */
export interface Engine {
  readonly env: {
    logLevel: string;
    readonly wasm: { numThreads?: number; proxy?: boolean };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<EngineSession>;
  };
}

/** A session of the engine. */
export interface EngineSession {
  readonly inputMetadata: readonly EngineValue[];
  readonly outputMetadata: readonly EngineValue[];
  run(
    feeds: Readonly<Record<string, EngineTensor>>,
    outputs: readonly string[],
    options: { logSeverityLevel: number },
  ): Promise<Readonly<Record<string, EngineTensor>>>;
  release(): Promise<void>;
}

/** An input or output as the engine describes it. */
export interface EngineValue {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A tensor as the engine reads and makes it. */
export interface EngineTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView | readonly string[];
  readonly location: 'cpu';
}
