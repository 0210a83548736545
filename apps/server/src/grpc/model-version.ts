import { ProtocolError } from '@switchyard/open-inference';

/**
 * Refuses what is no version: of this protocol only, since the paths of REST have no room for one.
 *
 * @throws ProtocolError invalid-argument with Triton's text
 */
export function checkModelVersion(version: string): void {
  if (version === '' || /^0*[1-9][0-9]*$/.test(version)) return;
  throw new ProtocolError(
    'invalid-argument',
    `failed to get model version from specified version string '${version}' (details: not a positive integer), version should be an integral value > 0`,
  );
}
