import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Deeper than any layout of the ONNX project. */
const DEPTH = 6;

/**
 * Names of all cases below a folder in the layout of the ONNX project's `backend/test/data`: folders with a
 * `model.onnx`, in alphabetical order, with `/`.
 *
 * @throws RangeError when there is none, or an error of the file system
 */
export async function findOperatorCases(root: string): Promise<readonly string[]> {
  const names = await below(root, '', DEPTH);
  if (names.length > 0) return names.toSorted();
  throw new RangeError(
    `There is no case below \`${root}\`: a case is a folder with \`model.onnx\` and \`test_data_set_0\`. Debian has them in the package \`libonnx-testdata\`, in \`/usr/share/libonnx-testdata/data\`.`,
  );
}

async function below(root: string, name: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(root, name), { withFileTypes: true });
  if (name !== '' && entries.some((entry) => entry.isFile() && entry.name === 'model.onnx')) return [name];
  if (depth === 0) return [];
  const folders = entries.filter((entry) => entry.isDirectory());
  const inner = await Promise.all(
    folders.map((entry) => below(root, name === '' ? entry.name : `${name}/${entry.name}`, depth - 1)),
  );
  return inner.flat();
}
