import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { nearestName, TensorError, type Tensor, type Tensors } from '@switchyard/core';
import { atomicWrite } from './atomic-write.ts';
import type { OutputFormat, OutputSpec } from './output-spec.ts';
import { outputsToJson } from './outputs-to-json.ts';
import { safeFileNames } from './safe-file-name.ts';
import { writeNpy } from './write-npy.ts';
import { writeNpz } from './write-npz.ts';

/** What {@link saveOutputs} needs from outside. */
export interface SaveOutputsContext {
  /** Directory that relative paths start from. */
  readonly cwd: string;
  /** Writes to standard output and resolves when the bytes are gone. */
  readonly stdout: (bytes: Uint8Array) => Promise<void>;
}

/** One file that was written. */
export interface SavedFile {
  /** As given, joined with the file's name for a directory; `-` for standard output. */
  readonly path: string;
  readonly outputs: readonly string[];
  readonly format: OutputFormat;
  readonly bytes: number;
}

/**
 * Writes outputs to a file, a directory or standard output. Everything is encoded before anything is written,
 * a file is replaced whole or not at all, and an existing file is replaced. A directory gets one file per
 * output and is made where its parent exists. Throws a `TensorError`, `output-unknown` or `output-unwritable`.
 */
export async function saveOutputs(
  outputs: Tensors,
  spec: Pick<OutputSpec, 'path'> & Partial<OutputSpec>,
  context: SaveOutputsContext,
): Promise<readonly SavedFile[]> {
  const chosen = chooseOutputs(outputs, spec.name ?? null);
  const names = Object.keys(chosen);
  if (spec.path === '-') {
    const format = spec.format ?? 'json';
    const bytes = await encode(chosen, format, 'standard output');
    await context.stdout(bytes);
    return [{ path: '-', outputs: names, format, bytes: bytes.byteLength }];
  }
  const absolute = resolve(context.cwd, spec.path);
  if (await isDirectory(absolute, spec.path))
    return saveDirectory(chosen, spec.path, absolute, spec.format ?? 'npy');
  const format = spec.format ?? null;
  if (format === null) {
    throw new TensorError('output-unwritable', `The extension of \`${spec.path}\` does not tell a format.`, {
      remedy: 'Use `.npz`, `.npy`, `.json` or `.bin`, write `?format=` after it, or `/` for a directory.',
    });
  }
  const bytes = await encode(chosen, format, `\`${spec.path}\``);
  await write(absolute, spec.path, bytes);
  return [{ path: spec.path, outputs: names, format, bytes: bytes.byteLength }];
}

function chooseOutputs(outputs: Tensors, name: string | null): Tensors {
  if (name === null) return outputs;
  if (Object.hasOwn(outputs, name)) return { [name]: outputs[name]! };
  const names = Object.keys(outputs);
  const nearest = nearestName(name, names);
  const list = names.map((each) => `\`${each}\``).join(', ');
  throw new TensorError('output-unknown', `There is no output \`${name}\`; there are ${list}.`, {
    tensor: name,
    remedy: nearest === null ? 'Name one of those.' : `Did you mean \`${nearest}\`?`,
  });
}

async function isDirectory(absolute: string, path: string): Promise<boolean> {
  if (/[/\\]$/u.test(path)) return true;
  const found = await stat(absolute).catch(() => null);
  return found?.isDirectory() === true;
}

async function saveDirectory(
  outputs: Tensors,
  path: string,
  absolute: string,
  format: OutputFormat,
): Promise<readonly SavedFile[]> {
  if (format === 'npz') {
    throw new TensorError('output-unwritable', `\`${path}\` is a directory, but an archive is one file.`, {
      remedy: `Write \`${join(path, 'outputs.npz')}\`, or leave the format out.`,
    });
  }
  const names = Object.keys(outputs);
  const files = safeFileNames(names, { npy: '.npy', json: '.json', raw: '.bin' }[format]);
  const encoded: Uint8Array[] = [];
  for (const name of names) encoded.push(await encode({ [name]: outputs[name]! }, format, `\`${path}\``));
  await mkdir(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw unwritable(path, error);
  });
  const saved: SavedFile[] = [];
  for (const [index, bytes] of encoded.entries()) {
    const file = join(path, files[index]!);
    await write(join(absolute, files[index]!), file, bytes);
    saved.push({ path: file, outputs: [names[index]!], format, bytes: bytes.byteLength });
  }
  return saved;
}

async function encode(outputs: Tensors, format: OutputFormat, place: string): Promise<Uint8Array> {
  if (format === 'npz') return writeNpz(outputs);
  if (format === 'json') return new TextEncoder().encode(`${JSON.stringify(outputsToJson(outputs))}\n`);
  const [entry, ...more] = Object.entries(outputs);
  if (entry === undefined || more.length > 0) {
    const count = entry === undefined ? 0 : more.length + 1;
    throw new TensorError(
      'output-unwritable',
      `${place} can hold one output as ${format}, but there are ${count}.`,
      {
        remedy: 'Choose one with `NAME=PATH`, write `.npz` or `.json`, or a directory that ends in `/`.',
      },
    );
  }
  const [name, tensor] = entry;
  return format === 'npy' ? writeNpy(tensor, name) : rawBytes(tensor, name);
}

function rawBytes(tensor: Tensor, name: string): Uint8Array {
  if (tensor.dtype !== 'string') return tensor.bytes;
  throw new TensorError('output-unwritable', `The output \`${name}\` is text, which has no raw form.`, {
    tensor: name,
    remedy: 'Write it as `.json` or `.npy`.',
  });
}

async function write(absolute: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await atomicWrite(absolute, bytes);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

function unwritable(path: string, error: NodeJS.ErrnoException): TensorError {
  const [why, remedy] = ((): readonly [string, string] => {
    switch (error.code ?? '') {
      case 'ENOENT':
        return [
          `its directory \`${dirname(path)}\` does not exist`,
          `Make it first with \`mkdir -p ${dirname(path)}\`.`,
        ];
      case 'ENOTDIR':
        return ['a part of its path is a file, not a directory', 'Choose another path.'];
      case 'EISDIR':
        return ['it is a directory', 'Put `/` at the end to write one file per output into it.'];
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return ['this user may not write there', 'Choose another place, or change its permissions.'];
      case 'ENOSPC':
      case 'EDQUOT':
        return ['the disk is full', 'Free some space, or choose another place.'];
      default:
        return [error.message, 'Choose another place.'];
    }
  })();
  return new TensorError('output-unwritable', `\`${path}\` could not be written: ${why}.`, {
    remedy,
    cause: error,
  });
}
