export { createOpenvinoBackend, type OpenvinoBackendOptions } from './openvino-backend.ts';
export { OPENVINO_MANIFEST } from './openvino-manifest.ts';
export { openvinoPredicate } from './openvino-predicate.ts';
export { VERSION } from './version.ts';
