/** The one execution provider that a session is opened with; the CPU is never appended behind it. */
export interface OrtProvider {
  /** Name as the binding writes it. */
  readonly name: 'cpu' | 'cuda' | 'tensorrt' | 'coreml' | 'webgpu';
  /**
   * (optional) Provider options under the binding's own key names: `{ deviceId: 0 }` for CUDA,
   * `{ coreMlFlags: 16 }` for Core ML. Default: none are passed.
   */
  readonly options?: Readonly<Record<string, number | string | boolean | readonly string[]>>;
}
