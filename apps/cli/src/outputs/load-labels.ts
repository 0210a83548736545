import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TensorError } from '@switchyard/core';

/**
 * Labels of classes from a file: one per line, or a JSON list of texts. An empty line in the middle is an empty
 * label; empty lines at the end are not. Throws a `TensorError` (`input-unreadable`).
 *
 * @param path relative to `cwd`
 */
export async function loadLabels(path: string, cwd: string = process.cwd()): Promise<readonly string[]> {
  const fail = (why: string, remedy: string, cause?: unknown): never => {
    throw new TensorError('input-unreadable', `The labels in \`${path}\` could not be read: ${why}.`, {
      remedy,
      ...(cause === undefined ? {} : { cause }),
    });
  };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(resolve(cwd, path)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return fail('the file does not exist', 'Check the path.', error);
    if (code === 'EISDIR') return fail('it is a directory', 'Name a file.', error);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return fail('it is not UTF-8', 'Save it as UTF-8.', error);
    return fail(message, 'Name a file that can be read.', error);
  }
  if (text.trimStart().startsWith('[')) return parseList(text, fail);
  const lines = text.replace(/\s+$/u, '').split(/\r?\n/u);
  if (lines.length === 1 && lines[0] === '') return fail('it is empty', 'Write one label per line.');
  return lines.map((line) => line.trim());
}

function parseList(
  text: string,
  fail: (why: string, remedy: string, cause?: unknown) => never,
): readonly string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return fail(`it begins like a JSON list, but ${(error as Error).message}`, 'Correct it.', error);
  }
  if (Array.isArray(list) && list.length > 0 && list.every((label) => typeof label === 'string')) return list;
  return fail('its JSON is not a list of texts', 'Write `["first", "second"]`, or one label per line.');
}
