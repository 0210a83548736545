/** Where the arithmetic happens. A software rasteriser is `cpu`, whatever interface it offers. */
export type DeviceKind = 'cpu' | 'gpu' | 'npu';

/** One device that a backend can run on. */
export interface DeviceV1 {
  /** The backend's own stable name with its id in front: `cuda:0`, `openvino:GPU.1`, `coreml:all`, `cpu`. */
  readonly id: string;
  /**
   * (optional) Other names that stand for this very device and that a person may type: `GPU-…`. Default: none.
   */
  readonly aliases?: readonly string[];
  /** What the device calls itself: `NVIDIA GeForce RTX 4090`. */
  readonly name: string;
  readonly kind: DeviceKind;
  /** `true` for an emulation on the CPU, `'unknown'` where the engine does not tell. */
  readonly software: boolean | 'unknown';
  /** (optional) Shares memory with the CPU. Default: not known. */
  readonly integrated?: boolean;
  /** (optional) Driver version as its vendor writes it. Default: not known. */
  readonly driver?: string;
}
