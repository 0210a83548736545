import type { BackendV1 } from '../backend/v1/backend-v1.ts';
import type { BackendManifestV1 } from '../backend/v1/manifest-v1.ts';
import { RegistrationError } from '../errors/registration-error.ts';
import { errorText } from '../selection/check-predicate-answer.ts';
import { isDType } from '../tensor/dtype.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import { optionsProblem } from './options-problem.ts';

/** Versions of the contract that this core understands. Every message is built from this list. */
export const SUPPORTED_VERSIONS: readonly string[] = Object.freeze(['v1']);

const ID_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Words that stand where an id may stand and mean something else. */
const RESERVED = ['auto', 'none', 'all'];

/** A backend that fulfils the contract as far as that can be seen without running it. */
export interface CheckedBackend {
  readonly backend: BackendV1;
  /** A frozen copy: a plugin cannot change what it said about itself. */
  readonly manifest: BackendManifestV1;
}

/**
 * Checks an object that is offered as a backend, before any of its code runs.
 *
 * @throws RegistrationError `api-mismatch` or `registration-invalid`
 */
export function checkBackend(offered: unknown): CheckedBackend {
  try {
    return check(offered);
  } catch (error) {
    if (RegistrationError.isInstance(error)) throw error;
    throw invalid('a backend', `reading it threw: ${errorText(error)}`);
  }
}

function check(offered: unknown): CheckedBackend {
  if (typeof offered !== 'object' || offered === null) throw invalid('a backend', 'it is not an object');
  const backend = offered as BackendV1;
  const subject = backend.manifest?.package?.name ?? backend.manifest?.id ?? 'a backend';
  const version: unknown = backend.specificationVersion;
  if (typeof version !== 'string' || !SUPPORTED_VERSIONS.includes(version)) {
    throw new RegistrationError(
      'api-mismatch',
      `\`${subject}\` was written for the backend contract ${JSON.stringify(version) ?? 'undefined'}, and this core supports ${SUPPORTED_VERSIONS.join(', ')}.`,
      {
        subject,
        remedy: `Install a version of \`${subject}\` that fits, or another version of \`@switchyard/core\`.`,
      },
    );
  }
  const manifest = deepFreeze(structuredClone(backend.manifest));
  const problem = manifestProblem(manifest);
  if (problem !== null) throw invalid(subject, problem);
  for (const member of ['predicate', 'doProbe', 'doDevices', 'doOpen'] as const) {
    if (typeof backend[member] !== 'function') throw invalid(subject, `its \`${member}\` is not a function`);
  }
  const { origin } = backend;
  if (origin !== undefined && ![origin.module, origin.factory].every((part) => isText(part))) {
    throw invalid(subject, 'its `origin` does not name a module and a factory');
  }
  if (backend.doArtifacts !== undefined && typeof backend.doArtifacts !== 'function') {
    throw invalid(subject, 'its `doArtifacts` is neither absent nor a function');
  }
  return { backend, manifest };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function manifestProblem(manifest: BackendManifestV1): string | null {
  const ids = [manifest.id, ...(manifest.aliases ?? [])];
  for (const id of ids) {
    if (!isText(id) || !ID_PATTERN.test(id)) {
      return `the id ${JSON.stringify(id)} is not made of lower-case words joined by hyphens`;
    }
    if (RESERVED.includes(id)) return `the id \`${id}\` is a reserved word`;
  }
  if (!isText(manifest.title)) return 'it has no `title`';
  if (!isText(manifest.package?.name) || !isText(manifest.package?.version))
    return 'it does not name its package and version';
  if (!['stable', 'experimental'].includes(manifest.stability))
    return 'its `stability` is neither stable nor experimental';
  if (typeof manifest.optIn !== 'boolean') return 'its `optIn` is not a boolean';
  if (!isText(manifest.optInReason)) return 'it does not say why it is or is not opt-in (`optInReason`)';
  const kinds: readonly string[] = ['cpu', 'gpu', 'npu'];
  if (!Array.isArray(manifest.deviceKinds) || manifest.deviceKinds.length === 0)
    return 'it names no `deviceKinds`';
  if (!manifest.deviceKinds.every((kind) => kinds.includes(kind)))
    return 'a device kind is not cpu, gpu or npu';
  const { rank = 0, virtualDevices = [], refusedDevices = {} } = manifest;
  if (!Array.isArray(virtualDevices) || !virtualDevices.every((word) => isText(word))) {
    return 'its `virtualDevices` are not a list of words';
  }
  if (typeof refusedDevices !== 'object' || refusedDevices === null) {
    return 'its `refusedDevices` are not words with sentences';
  }
  if (!Object.values(refusedDevices).every((sentence) => isText(sentence))) {
    return 'one of its `refusedDevices` has no sentence that says why';
  }
  if (!Number.isInteger(rank) || Math.abs(rank) > 100)
    return 'its `rank` is not a whole number from -100 to 100';
  if (!Array.isArray(manifest.dtypes) || !manifest.dtypes.every((dtype) => isDType(dtype)))
    return 'its `dtypes` are not element types';
  const isolations: readonly string[] = ['inline', 'thread', 'process'];
  const minimum = isolations.indexOf(manifest.isolation?.minimum);
  const recommended = isolations.indexOf(manifest.isolation?.recommended);
  if (minimum === -1 || recommended === -1) return 'its `isolation` is not inline, thread or process';
  if (recommended < minimum) return 'it recommends less isolation than its own minimum';
  return optionsProblem(manifest.options);
}

function invalid(subject: string, problem: string): RegistrationError {
  return new RegistrationError('registration-invalid', `\`${subject}\` cannot be registered: ${problem}.`, {
    subject,
    remedy: 'See docs/guides/writing-a-backend.md, or report it to its author.',
  });
}
