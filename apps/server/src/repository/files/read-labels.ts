import { errorText } from '@switchyard/core';
import { ConfigProblem, type CompleteConfig } from '../config/model-config.ts';
import type { FoundModel } from './found-model.ts';
import { readCompanion } from './read-config.ts';

/** Labels by output, and the bytes of the files that they are from by their name. */
export interface ReadLabels {
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Reads `label_filename` of outputs: one label per line, the first for index 0. @throws ConfigProblem */
export async function readLabels(found: FoundModel, config: CompleteConfig): Promise<ReadLabels> {
  const labels = new Map<string, readonly string[]>();
  const files = new Map<string, Uint8Array>();
  for (const { name, label_filename: file = '' } of config.output) {
    if (file === '') continue;
    const bytes = await readFor(found, name, file);
    files.set(file, bytes);
    labels.set(name, linesOf(bytes, name, file));
  }
  return { labels, files };
}

async function readFor(found: FoundModel, output: string, file: string): Promise<Uint8Array> {
  try {
    if (found.folder === null) throw new ConfigProblem('a plain file has no folder for it');
    return await readCompanion(found, found.folder, file);
  } catch (error) {
    throw new ConfigProblem(`the labels '${file}' of output '${output}' cannot be read: ${errorText(error)}`);
  }
}

function linesOf(bytes: Uint8Array, output: string, file: string): readonly string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigProblem(`the labels '${file}' of output '${output}' are no UTF-8 text`);
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
