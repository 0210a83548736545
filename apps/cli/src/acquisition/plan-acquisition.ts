import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AcquireError } from './acquire-error.ts';
import { checksumOf } from './checksums.ts';
import { findSource, type PartSource } from './find-source.ts';
import { withHttp, type HttpClient, type HttpWords } from './http-client.ts';
import type { NativePart } from './native-part.ts';
import { standingOf, type PartState } from './placed-files.ts';

/** What to acquire, from where, and what it has to be. */
export interface AcquireRequest extends HttpWords {
  readonly part: NativePart;
  /** What `--from` named. */
  readonly from: string | undefined;
  /** What `--sha256` said, in small letters. */
  readonly sha256: string | undefined;
  readonly cwd: string;
  /** Absolute path of the folder in which downloads wait until they are whole. */
  readonly downloads: string;
}

/** What would be done. */
export interface AcquirePlan {
  readonly state: PartState;
  readonly source: PartSource;
  /** Length of the archive, or `null` with `bytesWhy`. */
  readonly bytes: number | null;
  readonly bytesWhy: string | null;
  readonly sha256: string | null;
  /** Who says what the checksum is, or why nobody does. */
  readonly checksumSource: string;
  /** Bytes that are free where the part goes. */
  readonly freeBytes: number;
}

/** Finds out what acquiring would do. Asks servers where the archive is and how long, and keeps nothing. */
export async function planAcquisition(request: AcquireRequest): Promise<AcquirePlan> {
  return withHttp(request, async (client) => {
    const { part } = request;
    const { state } = await standingOf(part);
    const source = await findSource(part, request.from, request.cwd, client);
    const known = checksumOf(part.archive);
    if (known.sha256 !== null && request.sha256 !== undefined && known.sha256 !== request.sha256) {
      throw new AcquireError(
        'checksum-mismatch',
        `\`--sha256\` says ${request.sha256}, and this release knows ${known.sha256} for \`${part.archive}\` (${known.source}, ${known.date}).`,
        'Leave `--sha256` out.',
      );
    }
    const { bytes, bytesWhy } = await lengthOf(source, client);
    const { bavail, bsize } = await statfs(nearestFolder(part.destination));
    return {
      state,
      source,
      bytes,
      bytesWhy,
      sha256: known.sha256 ?? request.sha256 ?? null,
      checksumSource:
        known.sha256 !== null
          ? `${known.source}, ${known.date}`
          : request.sha256 !== undefined
            ? '--sha256'
            : `${known.source} (${known.date})`,
      freeBytes: bavail * bsize,
    };
  });
}

async function lengthOf(
  source: PartSource,
  client: () => Promise<HttpClient>,
): Promise<{ readonly bytes: number | null; readonly bytesWhy: string | null }> {
  if (source.kind === 'file') return { bytes: (await stat(source.path)).size, bytesWhy: null };
  if (source.kind === 'unreached') return { bytes: null, bytesWhy: source.error.problem };
  try {
    const answer = await (await client()).ask('HEAD', source.url);
    await answer.body.dump();
    const length = /^\d+$/.exec(answer.header('content-length') ?? '')?.[0];
    if (answer.status === 200 && length !== undefined) return { bytes: Number(length), bytesWhy: null };
    return { bytes: null, bytesWhy: `the server answered with status ${answer.status} and no length` };
  } catch (error) {
    // The plan is still worth showing: the download itself says what is wrong.
    if (!AcquireError.isInstance(error)) throw error;
    return { bytes: null, bytesWhy: error.problem };
  }
}

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}
