import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactCheckV1, Reason } from '@switchyard/core';
import { reason, saidText } from './openvino-reason.ts';
import { OPENVINO_NODE_VERSION } from './version.ts';

const INSTALL = `Run \`npm install openvino-node@${OPENVINO_NODE_VERSION}\`; its install script downloads the OpenVINO runtime.`;

/** Where openvino-node was found, and what it lacks. */
export interface OpenvinoFiles {
  /** Folder of the package, or `null` when it does not resolve. */
  readonly directory: string | null;
  /** Both checks in order, the second only when the package is there. */
  readonly checks: readonly ArtifactCheckV1[];
  /** The first problem, or `null` when everything is there. */
  readonly problem: Reason | null;
}

function packageFile(baseDirectory: string | undefined): { file: string } | { error: unknown } {
  const base =
    baseDirectory === undefined ? import.meta.url : pathToFileURL(join(baseDirectory, 'package.json'));
  try {
    return { file: createRequire(base).resolve('openvino-node/package.json') };
  } catch (error) {
    return { error };
  }
}

function packageProblem(found: { file: string } | { error: unknown }): Reason | null {
  if ('error' in found) {
    return reason(
      'package-missing',
      `The package \`openvino-node\` does not resolve, and the OpenVINO backend runs on it.`,
      [{ path: 'resolve openvino-node', value: saidText(found.error).split(' Require stack')[0] }],
      INSTALL,
    );
  }
  const version = (JSON.parse(readFileSync(found.file, 'utf8')) as { version?: unknown }).version;
  if (version === OPENVINO_NODE_VERSION) return null;
  return reason(
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
  return reason(
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
  const found = packageFile(baseDirectory);
  const missing = packageProblem(found);
  const name = `openvino-node ${OPENVINO_NODE_VERSION}`;
  const directory = 'file' in found ? dirname(found.file) : null;
  const checks: ArtifactCheckV1[] = [{ name, present: missing === null, problem: missing }];
  if (directory === null || missing !== null) return { directory, checks, problem: missing };
  const problem = addonProblem(directory);
  checks.push({ name: 'OpenVINO runtime (bin/ov_node_addon.node)', present: problem === null, problem });
  return { directory, checks, problem };
}
