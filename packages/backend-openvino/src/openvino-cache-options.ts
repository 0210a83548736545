import { isAbsolute, join } from 'node:path';
import { SettingsError, type OptionSchemaV1, type OptionValuesV1 } from '@switchyard/core';
import { cacheDirectory } from '@switchyard/core/host';

const DEFAULT_LIMIT = 4096;
const MEBIBYTE = 1024 * 1024;

/** Options for the folder of compiled models, which this backend keeps itself. */
export const CACHE_OPTIONS: OptionSchemaV1 = Object.freeze({
  modelCache: {
    type: 'boolean',
    default: false,
    description:
      'Keeps the compiled model on disk (`CACHE_DIR`), so that the next opening loads it instead of compiling. It is found again only by the same model, options, device, driver and OpenVINO version.',
  },
  modelCacheFolder: {
    type: 'string',
    description:
      "Absolute path of the folder for it, instead of Switchyard's own cache folder. Refused without `modelCache: true`.",
  },
  modelCacheLimit: {
    type: 'integer',
    minimum: 16,
    maximum: 1_048_576,
    unit: 'MiB',
    default: DEFAULT_LIMIT,
    description:
      'Most space that all compiled models in that folder may take; those that were used longest ago are removed first. Refused without `modelCache: true`.',
  },
});

/** Where compiled models are kept, and how much of them. */
export interface CacheChoice {
  /** Folder of this backend below the cache folder. */
  readonly folder: string;
  readonly limitBytes: number;
}

/**
 * What the options say about keeping compiled models, or `null` where nobody asked for it. Throws a
 * `SettingsError` with `invalid-value` for a folder or a limit of something that is not kept.
 */
export function readCacheChoice(options: OptionValuesV1): CacheChoice | null {
  const { modelCache = false, modelCacheFolder, modelCacheLimit = DEFAULT_LIMIT } = options;
  if (modelCache !== true) {
    const idle = ['modelCacheFolder', 'modelCacheLimit'].find((name) => options[name] !== undefined);
    if (idle === undefined) return null;
    throw new SettingsError(
      'invalid-value',
      `The option \`${idle}\` was given, but compiled models are not kept, so that it would be ignored.`,
      { source: idle, remedy: `Add \`modelCache: true\`, or leave out \`${idle}\`.` },
    );
  }
  if (modelCacheFolder !== undefined && !isAbsolute(String(modelCacheFolder))) {
    throw new SettingsError(
      'invalid-value',
      `The option \`modelCacheFolder\` is \`${String(modelCacheFolder)}\`, which is not an absolute path.`,
      { source: 'modelCacheFolder', remedy: 'Give the whole path of the folder.' },
    );
  }
  const parent =
    modelCacheFolder === undefined ? cacheDirectory({ environment: process.env }) : String(modelCacheFolder);
  return { folder: join(parent, 'openvino'), limitBytes: Number(modelCacheLimit) * MEBIBYTE };
}
