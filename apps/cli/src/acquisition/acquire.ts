import { existsSync } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AcquireError, fromFileSystem } from './acquire-error.ts';
import { checksumOf } from './checksums.ts';
import { download, forgetDownload } from './download.ts';
import { findSource, type PartSource } from './find-source.ts';
import { hashFile } from './hash-file.ts';
import { openHttp, type HttpClient, type HttpWords } from './http-client.ts';
import type { NativePart } from './native-part.ts';
import {
  occupiedError,
  placeFiles,
  removePlaced,
  stagingFolder,
  standingOf,
  type PartState,
} from './placed-files.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackZip } from './unpack-zip.ts';
import { withLock } from './with-lock.ts';

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
  return withClient(request, async (client) => {
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

/** What `acquire` reports while it works. */
export type Say = (phase: string) => void;

/**
 * Fetches, compares, unpacks and places a part. Until the last step nothing changes that an engine would see.
 *
 * @throws AcquireError
 */
export async function acquire(
  request: AcquireRequest,
  plan: AcquirePlan,
  say: Say,
): Promise<readonly string[]> {
  return withLock(request.part.destination, request.downloads, () => acquireAlone(request, plan, say));
}

async function acquireAlone(
  request: AcquireRequest,
  plan: AcquirePlan,
  say: Say,
): Promise<readonly string[]> {
  const { part, signal } = request;
  const { source, sha256 } = plan;
  if (source.kind === 'unreached') throw source.error;
  const standing = await standingOf(part);
  if (standing.state === 'occupied') {
    throw occupiedError(
      part.destination,
      part.files.map(({ file }) => file).filter((file) => existsSync(join(part.destination, file))),
    );
  }
  if (sha256 === null) {
    throw new AcquireError(
      'checksum-unknown',
      `Nobody wrote down the SHA-256 of \`${part.archive}\`: ${plan.checksumSource}. Bytes that cannot be checked are not installed.`,
      'Give it with `--sha256`, from a place that you trust.',
    );
  }
  if (plan.bytes !== null && plan.bytes > plan.freeBytes) {
    throw new AcquireError(
      'disk-full',
      `The archive has ${plan.bytes} bytes, and ${plan.freeBytes} are free where \`${part.destination}\` is.`,
      'Make room and run it again; nothing was installed.',
    );
  }
  const archive = source.kind === 'file' ? source.path : await fetchArchive(request, source.url, sha256, say);
  say('Comparing the checksum');
  const actual = await hashFile(archive, signal);
  if (actual !== sha256) {
    if (source.kind === 'url') await forgetDownload(archive);
    throw new AcquireError(
      'checksum-mismatch',
      `\`${source.kind === 'file' ? source.path : source.url}\` has the SHA-256 ${actual}, and ${sha256} was wanted (${plan.checksumSource}).`,
      'Nothing was installed. Check both; a mirror or a proxy may have changed the file.',
    );
  }
  const staging = stagingFolder(part);
  try {
    // An earlier call may have been ended while it unpacked.
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    say('Unpacking');
    if (part.format === 'zip') await unpackZip(archive, part.files, staging);
    else await unpackTar(archive, staging);
    const absent = part.files.find(({ file }) => !existsSync(join(staging, file)));
    if (absent !== undefined) {
      throw new AcquireError(
        'archive-unsafe',
        `The archive does not hold \`${absent.file}\`, so it is not \`${part.archive}\` or not of this version.`,
        'Nothing was installed. Check where it came from.',
      );
    }
    signal?.throwIfAborted();
    if (standing.record !== null) await removePlaced(part.destination, standing.record);
    const from = source.kind === 'file' ? source.path : source.url;
    const record = await placeFiles(part, staging, { sha256, source: from, signal });
    if (source.kind === 'url') await forgetDownload(archive);
    return record.files.map(({ path }) => path);
  } catch (error) {
    const known = fromFileSystem(error, staging);
    if (AcquireError.isInstance(known) && known.code === 'disk-full' && source.kind === 'url') {
      await forgetDownload(archive);
    }
    throw known;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function fetchArchive(request: AcquireRequest, url: string, sha256: string, say: Say): Promise<string> {
  const { downloads, part, stallMilliseconds } = request;
  const key = createHash('sha256').update(`${part.archive} ${sha256} ${url}`).digest('hex').slice(0, 24);
  const file = join(downloads, `${key}.partial`);
  await withClient(request, async (client) => {
    let shown = -1;
    await download(await client(), {
      url,
      file,
      stallMilliseconds,
      onProgress: (received, total) => {
        const step = total === null ? Math.floor(received / 2 ** 20) : Math.floor((100 * received) / total);
        if (step === shown) return;
        shown = step;
        say(
          total === null
            ? `Downloading: ${step} MiB`
            : `Downloading: ${step} % of ${Math.ceil(total / 2 ** 20)} MiB`,
        );
      },
    });
  });
  return file;
}

/** Hands out one client, opened when it is first needed, and closes it. */
async function withClient<Result>(
  words: HttpWords,
  work: (client: () => Promise<HttpClient>) => Promise<Result>,
): Promise<Result> {
  let opened: Promise<HttpClient> | undefined;
  try {
    return await work(() => (opened ??= openHttp(words)));
  } finally {
    await (await opened)?.close();
  }
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

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}
