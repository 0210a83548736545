import type { BackendManifestV1, DType } from '@switchyard/core';
import { OPENVINO_OPTIONS } from './openvino-options.ts';
import { REFUSED_DEVICES } from './openvino-target.ts';
import { OPENVINO_NODE_VERSION, VERSION } from './version.ts';

/**
 * Element types that openvino-node can carry across its border: `elementTypeString` in its type
 * declarations, without `string`, for which its output getter has no type.
 */
const OPENVINO_DTYPES: readonly DType[] = Object.freeze([
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
]);

/** What the OpenVINO backend says about itself. */
export const OPENVINO_MANIFEST: BackendManifestV1 = Object.freeze({
  id: 'openvino',
  title: 'OpenVINO (Intel GPUs, NPUs and CPUs)',
  package: Object.freeze({ name: '@switchyard/backend-openvino', version: VERSION }),
  stability: 'experimental',
  optIn: true,
  optInReason:
    'OpenVINO installs and loads on machines where another backend is the better choice, so it must never be chosen just because it can be installed; a person names or enables it.',
  deviceKinds: Object.freeze(['gpu', 'npu', 'cpu'] as const),
  refusedDevices: REFUSED_DEVICES,
  rank: 10,
  dtypes: OPENVINO_DTYPES,
  nativeGroup: Object.freeze({ name: 'openvino', version: OPENVINO_NODE_VERSION }),
  // Exceptions on native threads of openvino-node end the process that they happen in.
  isolation: Object.freeze({ minimum: 'process', recommended: 'process' }),
  options: OPENVINO_OPTIONS,
});
