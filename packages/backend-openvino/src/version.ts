/** Version of this package; a test compares it with package.json. */
export const VERSION = '0.0.0';

/** The one version of openvino-node that this backend is written against and accepts. */
export const OPENVINO_NODE_VERSION = '2026.4.0';
