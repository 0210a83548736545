import type { DeviceKind } from '@switchyard/core';

/** Id of the backend; `package.json` says the same in its `switchyard` field. */
export const ID = 'template-id';
export const TITLE = 'Template Title';
export const PACKAGE = '@template/package';
/** Where the arithmetic happens once a real engine is there. */
export const DEVICE_KIND: DeviceKind = 'npu';
