import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of a file in hex, read as a stream. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}

/** SHA-256 of what was read already, in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One hash over files by their name inside the model. */
export function combineHashes(hashes: ReadonlyMap<string, string>): string {
  const lines = [...hashes].map(([name, hash]) => JSON.stringify([name, hash])).toSorted();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
