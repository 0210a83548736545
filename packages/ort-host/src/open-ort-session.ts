import type { BackendSessionV1 } from '@switchyard/core';
import type { OrtOpenRequest } from './ort-open-request.ts';

/** Opens a model on exactly one execution provider. */
export function openOrtSession(_request: OrtOpenRequest): Promise<BackendSessionV1> {
  return Promise.reject(new Error('Not written yet.'));
}
