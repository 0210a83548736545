import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeReason, type ArtifactCheckV1, type Reason } from '@switchyard/core';
import { saidText } from './openvino-error.ts';
import { OPENVINO_NODE_VERSION } from './version.ts';

const INSTALL = `Run \`npm install openvino-node@${OPENVINO_NODE_VERSION}\`; its install script downloads the OpenVINO runtime.`;

/** Where openvino-node was found, and what it lacks. */
export type OpenvinoFiles = {
  /** Both checks in order, the second only when the package is there. */
  readonly checks: readonly ArtifactCheckV1[];
} & (
  | { readonly directory: string; readonly problem: null }
  /** The first problem; there is no folder when the package does not resolve. */
  | { readonly directory: string | null; readonly problem: Reason }
);

/**
 * The folder of openvino-node by Node's own walk up the `node_modules` folders. `require.resolve`
 * would also follow NODE_PATH and folders in the user's home, which `import` does not.
 */
function findPackage(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'openvino-node');
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return null;
  }
}

function packageProblem(directory: string | null, start: string): Reason | null {
  if (directory === null) {
    return makeReason(
      'package-missing',
      'The package `openvino-node` does not resolve, and the OpenVINO backend runs on it.',
      [{ path: 'node_modules/openvino-node', value: `absent in ${start} and above` }],
      INSTALL,
    );
  }
  const file = join(directory, 'package.json');
  let version: unknown;
  try {
    version = (JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }).version;
  } catch (error) {
    return makeReason(
      'artifact-missing',
      `The package.json of \`openvino-node\` cannot be read: ${saidText(error)}.`,
      [{ path: file, value: saidText(error) }],
      'Remove `openvino-node` from `node_modules` and install it again.',
    );
  }
  if (version === OPENVINO_NODE_VERSION) return null;
  return makeReason(
    'package-missing',
    `\`openvino-node\` ${String(version)} is installed, and this backend is written for ${OPENVINO_NODE_VERSION} only.`,
    [{ path: 'openvino-node version', value: version ?? null }],
    INSTALL,
  );
}

function addonProblem(directory: string): Reason | null {
  const addon = join(directory, 'bin', 'ov_node_addon.node');
  if (existsSync(addon)) return null;
  const script = join(directory, 'scripts', 'download-runtime.js');
  return makeReason(
    'artifact-missing',
    'The package `openvino-node` is installed without the OpenVINO runtime: `bin/ov_node_addon.node` is not there, because its install script was blocked or failed.',
    [{ path: addon, value: 'absent' }],
    `Allow the install script of \`openvino-node\` and reinstall it, or run \`node "${script}" --force\`, which downloads the runtime.`,
  );
}

/**
 * Looks for openvino-node and its native part without running or loading either. Resolution starts
 * at `baseDirectory`, or at this package where none is given.
 */
export function findOpenvinoFiles(baseDirectory?: string): OpenvinoFiles {
  const start =
    baseDirectory === undefined ? dirname(fileURLToPath(import.meta.url)) : resolve(baseDirectory);
  const directory = findPackage(start);
  const missing = packageProblem(directory, start);
  const name = `openvino-node ${OPENVINO_NODE_VERSION}`;
  const check: ArtifactCheckV1 = { name, present: missing === null, problem: missing };
  if (missing !== null) return { directory, checks: [check], problem: missing };
  if (directory === null) throw new TypeError('A package without a folder has a problem.');
  const problem = addonProblem(directory);
  const addon = { name: 'OpenVINO runtime (bin/ov_node_addon.node)', present: problem === null, problem };
  const checks = [check, addon];
  return problem === null ? { directory, checks, problem } : { directory, checks, problem };
}
