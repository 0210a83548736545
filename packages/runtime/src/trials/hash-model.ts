import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { errorText, ModelError, type ModelSourceV1 } from '@switchyard/core';
import type { Store } from '../store/open-store.ts';

/** The part of a store that trials use. */
export type TrialStore = Pick<Store, 'read' | 'write'>;

/** Files that were written so recently may change once more without another time. */
const SETTLED_MS = 2000;
const SCHEMA = 'switchyard-model-1';

export interface HashModelOptions {
  /** (optional) Where the hash of a file is remembered under its size and times. Default: it is read each time. */
  readonly store?: TrialStore | null;
  /**
   * (optional) Files with weights that the model points to. They are told apart by size and time, because
   * they can be very large. Default: the files beside the model that are named after it and end in `.data`,
   * `_data`, `.weights` or `.bin`.
   */
  readonly externalData?: readonly string[];
  /** (optional) Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/**
 * SHA-256 over the content of a model, in hexadecimal digits. The file is read as a stream; with a store, a
 * file of the same size and times is not read again.
 *
 * @throws ModelError `model-not-found` or `model-unreadable`
 */
export async function hashModel(model: ModelSourceV1, options: HashModelOptions = {}): Promise<string> {
  if ('bytes' in model) return createHash('sha256').update(model.bytes).digest('hex');
  const { store = null, now = Date.now } = options;
  const { path } = model;
  const content = await contentHash(path, store, now).catch((error: unknown) => unreadable(path, error));
  const weights =
    options.externalData ?? (await weightsBeside(path).catch((error: unknown) => unreadable(path, error)));
  if (weights.length === 0) return content;
  const looks = await Promise.all(weights.toSorted().map((file) => look(file)));
  return createHash('sha256')
    .update(JSON.stringify([SCHEMA, content, looks]))
    .digest('hex');
}

async function contentHash(path: string, store: TrialStore | null, now: () => number): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  const key = [path, size, mtimeNs, ctimeNs, ino].join('|');
  const remembered = (await store?.read('model-hash', key))?.value;
  if (typeof remembered === 'string' && /^[0-9a-f]{64}$/.test(remembered)) return remembered;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  if (now() - changed > SETTLED_MS) await store?.write('model-hash', key, digest);
  return digest;
}

function unreadable(path: string, error: unknown): never {
  const absent = ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
  throw new ModelError(
    absent ? 'model-not-found' : 'model-unreadable',
    absent
      ? `There is no model at \`${path}\`.`
      : `The model \`${path}\` cannot be read: ${errorText(error)}.`,
    { model: path, remedy: absent ? 'Check the path.' : 'Check the permissions of the file.', cause: error },
  );
}

async function weightsBeside(path: string): Promise<readonly string[]> {
  const folder = dirname(path);
  const name = basename(path);
  const stem = basename(name, extname(name));
  const files = await readdir(folder);
  return files
    .filter((file) => file !== name && file.startsWith(stem) && /(\.data|_data|\.weights|\.bin)$/.test(file))
    .map((file) => join(folder, file));
}

async function look(file: string): Promise<readonly string[]> {
  try {
    const { size, mtimeNs } = await stat(file, { bigint: true });
    return [basename(file), String(size), String(mtimeNs)];
  } catch (error) {
    // A model without its weights cannot be opened, which opening will say; here it is just another model.
    return [basename(file), String((error as NodeJS.ErrnoException).code)];
  }
}
