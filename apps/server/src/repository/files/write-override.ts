import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigProblem } from '../config/model-config.ts';
import { shown } from '../texts.ts';
import { versionNumber, type FoundModel } from './found-model.ts';
import { makePrivateFolder } from './private-folder.ts';

const PREFIX = 'file:';
const LONGEST_PART = 255;
const MOST_PARTS = 8;

/** Files of a load in a folder of their own, which is removed when the last hold is let go. */
export interface Override {
  readonly found: FoundModel;
  readonly hold: () => () => Promise<void>;
}

/**
 * Writes the files that a load brought along into a private folder (mode 0700).
 *
 * @throws ConfigProblem for a name that leads anywhere else
 */
export async function writeOverride(
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  parent: string | null,
): Promise<Override> {
  const named = [...files].map(([key, bytes]) => [partsOf(key), bytes] as const);
  const { path: root, remove } = await makePrivateFolder(parent);
  try {
    for (const [parts, bytes] of named) {
      const path = join(root, ...parts);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const versions = new Map<number, string>();
  for (const [parts] of named) {
    const version = parts.length > 1 ? versionNumber(parts[0]!) : null;
    if (version !== null) versions.set(version, join(root, parts[0]!));
  }
  const label = `the files of the load of '${shown(name)}'`;
  return {
    found: { name, source: '', label, root, folder: root, file: null, configFile: null, versions },
    hold: counted(remove),
  };
}

function partsOf(key: string): readonly string[] {
  const path = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
  const parts = path.split('/');
  const odd = parts.some(
    (part) =>
      part === '' ||
      part === '.' ||
      part === '..' ||
      Buffer.byteLength(part) > LONGEST_PART ||
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for.
      /[\\:\u0000-\u001f\u007f]/.test(part),
  );
  if (odd || parts.length > MOST_PARTS) {
    throw new ConfigProblem(
      `'${shown(key)}' is no name of a file inside a model's folder, as 'file:1/model.onnx'`,
    );
  }
  return parts;
}

function counted(remove: () => Promise<void>): () => () => Promise<void> {
  let holds = 0;
  return () => {
    holds += 1;
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      holds -= 1;
      if (holds === 0) await remove();
    };
  };
}
