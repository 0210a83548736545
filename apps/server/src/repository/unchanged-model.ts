import { hashFile } from './files/hash-files.ts';
import { stampOf } from './files/fingerprint.ts';
import type { PreparedVersion } from './prepare-version.ts';

/**
 * Makes the function that rejects when files are not those that a version was prepared from. Content is
 * read only where sizes, times or inodes are other than they were.
 */
export function unchangedModel({ engineFiles }: PreparedVersion, signal: AbortSignal): () => Promise<void> {
  const stamps = new Map<string, string>();
  return async () => {
    for (const [path, hash] of engineFiles) {
      const stamp = await stampOf(path);
      if (stamp !== null && stamps.get(path) === stamp) continue;
      const now = stamp === null ? null : await hashFile(path, signal).catch(() => null);
      if (now !== hash) {
        throw new Error('its files are not those that were loaded; they have to be loaded anew');
      }
      stamps.set(path, stamp!);
    }
  };
}
