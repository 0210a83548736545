import type { BackendManifestV1, DeviceKind } from '@switchyard/core';
import { NATIVE_GROUP, STAND_IN } from './stand-in.ts';
import { DEVICE_KIND, ID, PACKAGE, TITLE } from './identity.ts';
import { OPTIONS } from './options.ts';
import { VERSION } from './version.ts';

const KINDS: readonly DeviceKind[] = [DEVICE_KIND];

/** What the backend says about itself before anything is loaded. */
export const MANIFEST: BackendManifestV1 = {
  id: ID,
  title: TITLE,
  package: { name: PACKAGE, version: VERSION },
  stability: 'experimental',
  optIn: true,
  optInReason: 'It is new, so a person decides to try it.',
  deviceKinds: STAND_IN && !KINDS.includes('cpu') ? [...KINDS, 'cpu'] : KINDS,
  // fill-in: Element types that inputs and outputs may have.
  dtypes: [
    'float32',
    'float16',
    'float64',
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'bool',
    'string',
  ],
  isolation: { minimum: 'inline', recommended: 'process' },
  options: OPTIONS,
  ...(NATIVE_GROUP === undefined ? {} : { nativeGroup: NATIVE_GROUP }),
};
