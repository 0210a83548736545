import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { OperatorResult } from './operator-result.ts';

/** What has to be the same for results to be of one suite. */
export interface OperatorSubject {
  readonly backend: { readonly id: string; readonly package: string };
  /** Name and version of the native library, or `null` where the backend has none. */
  readonly engine: string | null;
  readonly device: { readonly id: string; readonly name: string };
  readonly kit: string;
}

/** Results on disk, one line of JSON each, so that a suite that was interrupted goes on where it was. */
export interface OperatorResultsFile {
  readonly before: readonly OperatorResult[];
  add(result: OperatorResult): Promise<void>;
}

/**
 * Opens a file of results, or begins one. A line that was not written to its end is left out and run again.
 *
 * @throws RangeError when the file is of another backend, engine, device or kit
 */
export async function openResultsFile(path: string, subject: OperatorSubject): Promise<OperatorResultsFile> {
  const head = JSON.stringify(subject);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const [first, ...rest] = lines;
  if (first !== undefined && first !== head) {
    throw new RangeError(
      `\`${path}\` cannot be continued: it begins with ${first.slice(0, 200)}, and this is ${head}. Name another file, or delete it.`,
    );
  }
  const before = rest.map((line) => JSON.parse(line) as OperatorResult);
  // Without what an interruption left of a last line.
  await writeFile(path, [head, ...rest, ''].join('\n'));
  return { before, add: (result) => appendFile(path, `${JSON.stringify(result)}\n`) };
}
