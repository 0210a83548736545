import { dirname, join } from 'node:path';
import { checkExternalData, inspectModel } from '@switchyard/onnx';
import type { ModelConfigJson } from '@switchyard/open-inference';
import type { ExecutorConfig } from '../execution/model-executor.ts';
import { completeConfig } from './config/complete-config.ts';
import { executorConfig, type ModelDefaults } from './config/executor-config.ts';
import { fillDefaults } from './config/fill-defaults.ts';
import { ConfigProblem, type ModelConfig } from './config/model-config.ts';
import { combineHashes, hashBytes, hashFile } from './files/hash-files.ts';
import type { FoundModel } from './files/found-model.ts';
import { companionPath, type ReadConfig } from './files/read-config.ts';
import { readLabels } from './files/read-labels.ts';
import { readWarmup } from './files/read-warmup.ts';

/** A version whose files were read and agree with each other, before an engine saw it. */
export interface PreparedVersion {
  readonly modelPath: string;
  readonly executor: ExecutorConfig;
  readonly config: ModelConfigJson;
  /** Outputs whose number of dimensions neither graph nor configuration says. */
  readonly unknownRank: ReadonlySet<string>;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Of the model, its external data, configuration, labels and warm-up data. */
  readonly contentHash: string;
  /** Files that the engine reads by itself, with their hash when the version was prepared. */
  readonly engineFiles: ReadonlyMap<string, string>;
}

/**
 * @param onFiles told of the files beside the model that belong to it, whether or not they can be used
 * @throws ConfigProblem, OnnxFileError
 */
export async function prepareVersion(
  found: FoundModel,
  version: number,
  read: ReadConfig,
  defaults: ModelDefaults,
  signal: AbortSignal,
  onFiles: (paths: readonly string[]) => void,
): Promise<PreparedVersion> {
  const folder = found.versions.get(version)!;
  const modelPath = found.file ?? (await modelFile(found, folder, version, read));
  const engineFiles = new Map([[modelPath, await hashFile(modelPath, signal)]]);
  const summary = await inspectModel(modelPath, { signal });
  const beside = summary.externalData.filter(({ outside }) => !outside).map(({ location }) => location);
  onFiles([...new Set(beside)].map((location) => join(dirname(modelPath), location)));
  checkExternalData(summary);
  for (const { location } of summary.externalData) {
    const path = join(dirname(modelPath), location);
    if (!engineFiles.has(path)) engineFiles.set(path, await hashFile(path, signal));
  }
  const config = completeConfig(read.config, summary, found.name, defaults.maxBatchSize);
  const { labels, files: labelFiles } = await readLabels(found, config);
  const { runs, files: warmupFiles } = await readWarmup(found, config);
  const hashes = new Map([['config', hashBytes(read.bytes)]]);
  for (const [name, bytes] of [...labelFiles, ...warmupFiles]) hashes.set(`file ${name}`, hashBytes(bytes));
  for (const [path, hash] of engineFiles) hashes.set(`engine ${path.slice(folder.length)}`, hash);
  return {
    modelPath,
    executor: executorConfig(config, String(version), runs, defaults),
    config: fillDefaults(config),
    unknownRank: new Set(
      summary.outputs
        .filter(({ name, shape }) => shape === null && !hasDims(read.config, name))
        .map(({ name }) => name),
    ),
    labels,
    contentHash: combineHashes(hashes),
    engineFiles,
  };
}

function hasDims(config: ModelConfig, output: string): boolean {
  return config.output?.find(({ name }) => name === output)?.dims !== undefined;
}

/** Files are not those that were read a moment ago. */
export class ModelFilesChanged extends ConfigProblem {}

export function changedWhileLoading(): ModelFilesChanged {
  return new ModelFilesChanged('its files changed while loading; load it again once they are complete');
}

/** Refuses a version whose files are not those that were prepared. */
export async function checkUnchanged(prepared: PreparedVersion, signal: AbortSignal): Promise<void> {
  for (const [path, before] of prepared.engineFiles) {
    const after = await hashFile(path, signal).catch(() => null);
    if (after !== before) throw changedWhileLoading();
  }
}

async function modelFile(
  found: FoundModel,
  folder: string,
  version: number,
  read: ReadConfig,
): Promise<string> {
  const name = read.config.default_model_filename || 'model.onnx';
  try {
    return await companionPath(found, folder, name);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw new ConfigProblem(`${error.message}, looked for in '${found.label}/${version}'`);
  }
}
