import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { isRecord } from '@switchyard/composition';
import { AcquireError, fromFileSystem } from './acquire-error.ts';
import { failedRequest, type HttpAnswer, type HttpClient } from './http-client.ts';

/** No archive of an engine comes near it; a server that never ends must not fill the disk. */
const MAX_BYTES = 8 * 2 ** 30;

/** One file to be fetched. */
export interface DownloadRequest {
  readonly url: string;
  /** Absolute path of the file that the bytes go to. What an earlier call left there is gone on with. */
  readonly file: string;
  readonly stallMilliseconds: number;
  readonly onProgress: (received: number, total: number | null) => void;
}

/** What is remembered of a download that did not end. */
interface Partial {
  readonly url: string;
  /** Strong entity tag or date that the server gave; without one nothing can be gone on with. */
  readonly validator: string | null;
  readonly total: number | null;
}

/**
 * Fetches a file, going on where an earlier call stopped if the server still has the same file. The caller checks
 * the bytes. Returns their number.
 *
 * @throws AcquireError `download-failed`, `disk-full`
 */
export async function download(client: HttpClient, request: DownloadRequest): Promise<number> {
  const { file, url } = request;
  const before = await readPartial(file, url);
  if (before !== null && before.total === before.size) return before.size;
  const answer = before === null ? await client.ask('GET', url) : await resume(client, url, before);
  const offset = answer.status === 206 && before !== null ? before.size : 0;
  if (answer.status !== 200 && answer.status !== 206) {
    await answer.body.dump();
    throw refused(answer);
  }
  const total = totalOf(answer, offset);
  if (total !== null && total > MAX_BYTES) {
    answer.body.destroy();
    throw new AcquireError(
      'download-failed',
      `\`${answer.url}\` has ${total} bytes, more than any archive of an engine.`,
      'Check the address.',
    );
  }
  return receive(answer, request, { url, validator: validatorOf(answer), total }, offset);
}

/** Removes what a download left behind. */
export async function forgetDownload(file: string): Promise<void> {
  await Promise.all([rm(file, { force: true }), rm(notesOf(file), { force: true })]);
}

/** Asks for the rest. A server that has another file by now, or cannot give parts, sends all of it. */
async function resume(
  client: HttpClient,
  url: string,
  before: Partial & { readonly size: number },
): Promise<HttpAnswer> {
  const validator = before.validator!;
  const answer = await client.ask('GET', url, { range: `bytes=${before.size}-`, 'if-range': validator });
  if (answer.status === 200) return answer;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range') ?? '');
  const same =
    answer.status === 206 &&
    Number(range?.[1]) === before.size &&
    validatorOf(answer) === validator &&
    (before.total === null || range?.[2] === '*' || Number(range?.[2]) === before.total);
  if (same) return answer;
  // A part of something else, or a refusal of the range: begin again.
  answer.body.destroy();
  answer.body.on('error', () => {});
  return client.ask('GET', url);
}

async function receive(
  answer: HttpAnswer,
  { file, stallMilliseconds, onProgress }: DownloadRequest,
  partial: Partial,
  offset: number,
): Promise<number> {
  let received = offset;
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, offset === 0 ? 'w' : 'a', 0o600);
    await writeFile(notesOf(file), JSON.stringify(partial), { mode: 0o600 });
    for await (const chunk of readBody(answer, stallMilliseconds)) {
      if (received + chunk.byteLength > MAX_BYTES) throw tooLong(answer.url);
      await handle.appendFile(chunk);
      received += chunk.byteLength;
      onProgress(received, partial.total);
    }
    await handle.sync();
  } catch (error) {
    answer.body.on('error', () => {});
    answer.body.destroy();
    const known = fromFileSystem(error, file);
    await handle?.close();
    handle = null;
    // A file that fills the disk is no help when the disk is full.
    if (AcquireError.isInstance(known) && known.code === 'disk-full') await forgetDownload(file);
    throw known;
  } finally {
    await handle?.close();
  }
  if (partial.total !== null && received !== partial.total) {
    throw new AcquireError(
      'download-failed',
      `\`${answer.url}\` ended after ${received} of ${partial.total} bytes.`,
      'Run it again; what arrived is kept and checked.',
    );
  }
  return received;
}

async function* readBody(answer: HttpAnswer, stallMilliseconds: number): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of answer.body) yield chunk as Uint8Array;
  } catch (error) {
    throw failedRequest(error, answer.url, stallMilliseconds);
  }
}

async function readPartial(file: string, url: string): Promise<(Partial & { readonly size: number }) | null> {
  try {
    const [{ size }, text] = await Promise.all([stat(file), readFile(notesOf(file), 'utf8')]);
    const notes: unknown = JSON.parse(text);
    if (!isRecord(notes) || notes['url'] !== url || typeof notes['validator'] !== 'string' || size === 0)
      return null;
    const total = typeof notes['total'] === 'number' ? notes['total'] : null;
    if (total !== null && size > total) return null;
    return { url, validator: notes['validator'], total, size };
  } catch (error) {
    // Nothing was begun, or what was noted was cut off: the download begins at its start.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function validatorOf({ header }: HttpAnswer): string | null {
  const tag = header('etag');
  // A weak tag says that two files mean the same, not that their bytes are the same.
  return tag !== null && !tag.startsWith('W/') ? tag : header('last-modified');
}

function totalOf({ status, header }: HttpAnswer, offset: number): number | null {
  const range = status === 206 ? /\/(\d+)$/.exec(header('content-range') ?? '')?.[1] : undefined;
  if (range !== undefined) return Number(range);
  const length = /^\d+$/.exec(header('content-length') ?? '')?.[0];
  return length === undefined ? null : offset + Number(length);
}

function refused({ url, status }: HttpAnswer): AcquireError {
  return new AcquireError(
    'download-failed',
    `\`${url}\` answered with status ${status}.`,
    status === 404 || status === 410
      ? 'Check the version of the engine and the address, or name a mirror or a file with `--from`.'
      : 'Try again later, or name a mirror or a file with `--from`.',
  );
}

function tooLong(url: string): AcquireError {
  return new AcquireError(
    'download-failed',
    `\`${url}\` sends more than ${MAX_BYTES} bytes.`,
    'Check the address.',
  );
}

function notesOf(file: string): string {
  return `${file}.json`;
}
