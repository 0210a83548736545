import { ProtocolError } from '@switchyard/open-inference';

const LONGEST = 256;

/** A name from outside as it may stand in a message or log: one line, and not endless. */
export function shown(name: string): string {
  const cut = name.length > LONGEST ? `${name.slice(0, LONGEST)}...` : name;
  // oxlint-disable-next-line no-control-regex -- control characters are what must not get through.
  return cut.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export function unknownModel(name: string): ProtocolError {
  return new ProtocolError('not-found', `Request for unknown model: '${shown(name)}' is not found`);
}

export function noVersions(name: string): ProtocolError {
  return new ProtocolError(
    'not-found',
    `Request for unknown model: '${shown(name)}' has no available versions`,
  );
}

export function unknownVersion(name: string, version: string): ProtocolError {
  return new ProtocolError(
    'not-found',
    `Request for unknown model: '${shown(name)}' version ${shown(version)} is not found`,
  );
}

export function notReady(name: string, version: string): ProtocolError {
  return new ProtocolError(
    'unavailable',
    `Request for unknown model: '${shown(name)}' version ${shown(version)} is not at ready state`,
    { retryAfterSeconds: 1 },
  );
}

/** A version that is no number at all; front ends whose paths allow digits only never come here. */
export function invalidVersion(version: string): ProtocolError {
  return new ProtocolError(
    'invalid-argument',
    `failed to get model version from specified version string '${shown(version)}' (details: it is no whole number), ` +
      'version should be an integral value > 0',
  );
}

export function notExplicit(): ProtocolError {
  return new ProtocolError(
    'unavailable',
    'explicit model load / unload is not allowed if polling is enabled',
  );
}

/** Both phrases that clients look for, whatever the reason is. */
export function loadFailed(name: string, reason: string): ProtocolError {
  return new ProtocolError(
    'invalid-argument',
    `failed to load '${shown(name)}': load failed for model '${shown(name)}': ${reason}`,
  );
}

export function absentModel(name: string): ProtocolError {
  return new ProtocolError(
    'invalid-argument',
    `failed to load '${shown(name)}', failed to poll from model repository: load failed for model '${shown(name)}': ` +
      'no model of that name is in the repository',
  );
}

/** @throws ProtocolError for a name that no model can have */
export function checkModelName(name: string): void {
  if (name === '') {
    throw new ProtocolError(
      'invalid-argument',
      'Model name cannot be empty. Please enter a valid name to deploy.',
    );
  }
  if (name === '.' || name.includes('..') || /[/\\\0]/.test(name)) {
    throw new ProtocolError(
      'invalid-argument',
      `failed to load '${shown(name)}', invalid model name '${shown(name)}', model name must not contain path traversal characters`,
    );
  }
}
