import type { DeviceV1, ModelSourceV1, OptionValuesV1 } from '@switchyard/core';
import type { OrtProvider } from './ort-provider.ts';

/** What a backend says when it opens a model through ONNX Runtime. */
export interface OrtOpenRequest {
  /** Id of the backend, for errors. */
  readonly backend: string;
  readonly model: ModelSourceV1;
  readonly provider: OrtProvider;
  /** The device that was selected; the session reports it back. */
  readonly device: DeviceV1;
  /** Values for keys of `ORT_SESSION_OPTIONS`; any other key is refused. */
  readonly session: OptionValuesV1;
  /** (optional) Ends the opening while it is still queued. Default: never. */
  readonly signal?: AbortSignal;
}
