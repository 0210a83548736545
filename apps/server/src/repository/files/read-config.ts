import { open, type FileHandle } from 'node:fs/promises';
import { ConfigProblem, type ModelConfig } from '../config/model-config.ts';
import { readJsonConfig } from '../config/read-json-config.ts';
import { readTextConfig } from '../config/read-text-config.ts';
import type { FoundModel } from './found-model.ts';
import { realInside } from './inside.ts';

const LARGEST_CONFIG = 1024 * 1024;
const LARGEST_COMPANION = 256 * 1024 * 1024;

/** A configuration, and the bytes that said so: they are part of what a model's content is. */
export interface ReadConfig {
  readonly config: ModelConfig;
  readonly bytes: Uint8Array;
}

/**
 * The configuration that a load came with, or that of `config.pbtxt`, or an empty one.
 *
 * @throws ConfigProblem
 */
export async function readConfig(found: FoundModel, override: string | null): Promise<ReadConfig> {
  if (override !== null) {
    return { config: readJsonConfig(override), bytes: new TextEncoder().encode(override) };
  }
  if (found.configFile === null || found.folder === null) return { config: {}, bytes: new Uint8Array(0) };
  const bytes = await readCompanion(found, found.folder, 'config.pbtxt', LARGEST_CONFIG);
  return { config: readTextConfig(bytes, `${found.label}/config.pbtxt`), bytes };
}

/**
 * Reads a small file of a model by the name that its configuration gives.
 *
 * @param folder where the name starts
 * @throws ConfigProblem for one that is not there, is too large, or leads out of the folder
 */
export async function readCompanion(
  found: FoundModel,
  folder: string,
  name: string,
  largest: number = LARGEST_COMPANION,
): Promise<Uint8Array> {
  const path = await companionPath(found, folder, name);
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stats = await file.stat();
    if (!stats.isFile()) throw new ConfigProblem(`'${name}' is no file`);
    if (stats.size > largest) {
      throw new ConfigProblem(`'${name}' has ${stats.size} bytes, more than the ${largest} that are read`);
    }
    return await file.readFile();
  } finally {
    await file?.close();
  }
}

/** The path of a file of a model, inside the model's folder. @throws ConfigProblem */
export async function companionPath(found: FoundModel, folder: string, name: string): Promise<string> {
  const parts = name.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part));
  if (odd) throw new ConfigProblem(`'${name}' is no name of a file inside the model's folder`);
  const path = [folder, ...parts].join('/');
  const real = await realInside(found.root, path);
  if (real === null) throw new ConfigProblem(`'${name}' is not there`);
  if (real === 'outside') throw new ConfigProblem(`'${name}' leads out of the repository`);
  // The name itself, not where a link leads: external data lies beside the name as well.
  return path;
}
