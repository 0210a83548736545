/**
 * `y = Relu(x * w + b)`: x is float32 [batch, 4], w [4, 2], b [2]. Written by `buildModel` of
 * `@switchyard/onnx/testing`; a test builds it again and compares.
 */
export const PROBE_MODEL =
  'CAkSCnN3aXRjaHlhcmQ6qQEKGAoBeAoBdwoBYhIBehoEZ2VtbSIER2VtbQoSCgF6EgF5GgRyZWx1IgRSZWx1EgVwcm9iZSorCAQIAhABQgF3SiAAAIA/AAAAPwAAAD8AAIC/AAAAPwAAAAAAAIA/AAAAvyoRCAIQAUIBYkoIAACAPwAAgD9aGAoBeBITChEIARINCgcSBWJhdGNoCgIIBGIYCgF5EhMKEQgBEg0KBxIFYmF0Y2gKAggCQgQKABAR';

/** Two rows of input. */
export const PROBE_INPUT: readonly number[] = Object.freeze([1, 2, 3, 4, -1, 0.5, 0, 2]);

/** Worked out by hand from the weights; every number is exact in float32. */
export const PROBE_OUTPUT: readonly number[] = Object.freeze([8.5, 0, 2.25, 0]);
