import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AcquireError, fromFileSystem } from './acquire-error.ts';
import { download, forgetDownload } from './download.ts';
import { hashFile } from './hash-file.ts';
import { withHttp } from './http-client.ts';
import { occupiedError, placeFiles, removePlaced, stagingFolder, standingOf } from './placed-files.ts';
import { nearestFolder, type AcquirePlan, type AcquireRequest } from './plan-acquisition.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackZip } from './unpack-zip.ts';
import { withLock } from './with-lock.ts';

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
  // Said before a long download, and not after it.
  const above = nearestFolder(dirname(part.destination));
  await access(above, constants.W_OK).catch((error: unknown) => {
    throw fromFileSystem(error, above);
  });
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
  await withHttp(request, async (client) => {
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
