import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { nearestName, TensorError } from '@switchyard/core';
import type { InputSpec } from './input-spec.ts';

/** What reading a source needs from outside. */
export interface SourceContext {
  /** Directory that relative paths start from. */
  readonly cwd: string;
  /** All of standard input; called at most once per input that asks for it. */
  readonly stdin: () => Promise<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** The bytes of a file or of standard input. Throws a `TensorError` (`input-unreadable`); never empty. */
export async function readSource(
  spec: InputSpec,
  tensor: string,
  context: SourceContext,
): Promise<Uint8Array> {
  const { source } = spec;
  if (source.kind !== 'file' && source.kind !== 'stdin') throw new TypeError(`${source.kind} has no bytes.`);
  const bytes =
    source.kind === 'stdin' ? await context.stdin() : await readPath(spec, source.path, tensor, context);
  if (bytes.byteLength === 0) {
    throw new TensorError(
      'input-unreadable',
      `${describeSource(spec)} for the input \`${tensor}\` is empty.`,
      {
        tensor,
        remedy:
          source.kind === 'stdin' ? 'Check the command before the pipe.' : 'Check how the file was made.',
      },
    );
  }
  return bytes;
}

/** How messages name a source: `` `cat.png` `` or `standard input`. */
export function describeSource(spec: InputSpec): string {
  const { source } = spec;
  switch (source.kind) {
    case 'file':
      return `\`${source.path}${source.member === null ? '' : `#${source.member}`}\``;
    case 'stdin':
      return 'standard input';
    case 'inline':
      return `\`${source.text.length > 60 ? `${source.text.slice(0, 60)}…` : source.text}\``;
    case 'fill':
      return source.value === 0 ? '`zeros`' : '`ones`';
  }
}

async function readPath(
  spec: InputSpec,
  path: string,
  tensor: string,
  { cwd, signal }: SourceContext,
): Promise<Uint8Array> {
  const absolute = resolve(cwd, path);
  try {
    return await readFile(absolute, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a directory, not a file'
          : code === 'EACCES' || code === 'EPERM'
            ? 'may not be read by this user'
            : `could not be read (${(error as Error).message})`;
    throw new TensorError('input-unreadable', `The file \`${path}\` for the input \`${tensor}\` ${why}.`, {
      tensor,
      remedy:
        code === 'ENOENT' ? await remedyForMissing(spec, absolute, path) : 'Name a file that can be read.',
      cause: error,
    });
  }
}

async function remedyForMissing(spec: InputSpec, absolute: string, path: string): Promise<string> {
  const siblings = await readdir(dirname(absolute)).catch(() => null);
  if (siblings === null) return `Its directory \`${dirname(path)}\` does not exist either.`;
  // `a?b.png` was split at the `?`, although a file of the whole name is there.
  const literal = siblings.find((name) => /[?#%]/u.test(name) && spec.text.endsWith(name));
  if (literal !== undefined) {
    return `For the file \`${literal}\`, write \`?\` as \`%3F\`, \`#\` as \`%23\` and \`%\` as \`%25\`.`;
  }
  const nearest = nearestName(basename(path), siblings);
  if (nearest !== null) return `Did you mean \`${nearest}\`?`;
  const word = nearestName(path, ['zeros', 'ones', 'true', 'false', 'NaN', 'Infinity', '-Infinity']);
  if (word !== null) return `Did you mean \`${word}\`?`;
  return /[./\\]/u.test(path)
    ? 'Check the path.'
    : `Check the path; text is written in quotes: \`"${path}"\`.`;
}
