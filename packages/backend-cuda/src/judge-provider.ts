import path from 'node:path';
import { makeReason, type HostFacts, type Reason } from '@switchyard/core';
import type { NeededLibrary } from '@switchyard/core/host';
import { ORT_VERSION } from '@switchyard/ort-host';
import { cudaMajorOf } from './cuda-releases.ts';
import { driverLibraryProblem, driverProblem } from './judge-driver.ts';
import type { ProviderLook } from './look-at-provider.ts';
import { missingLibraries } from './missing-libraries.ts';

/** What stands between a provider and its use, each `null` where nothing does. */
export interface ProviderJudgement {
  /** The provider's own files. */
  readonly files: Reason | null;
  /** Libraries of CUDA, cuDNN, TensorRT and the system that those files need. */
  readonly libraries: Reason | null;
  /** The driver's own library. */
  readonly driverLibrary: Reason | null;
  /** The driver's version. */
  readonly driver: Reason | null;
  /** The CUDA release that the provider was built for, or `null` where its needs do not tell. */
  readonly cudaMajor: number | null;
}

const TITLES = { cuda: 'CUDA', tensorrt: 'TensorRT' } as const;

/**
 * Decides from a recorded look and from host facts what a provider lacks. Pure and total.
 *
 * @param driver whether NVIDIA's driver is there, so that its library and version can be expected
 */
export function judgeProvider(look: ProviderLook, host: HostFacts, driver: boolean): ProviderJudgement {
  const files = filesProblem(look);
  const nothing = { files, libraries: null, driverLibrary: null, driver: null, cudaMajor: null };
  const provider = look.files[1];
  if (files !== null || provider?.object.ok !== true) return nothing;
  const needed = distinct(look.files.flatMap(({ libraries }) => libraries));
  // TensorRT's provider may leave CUDA to the libraries below it.
  const cudaMajor = cudaMajorOf(provider.object.needed) ?? cudaMajorOf(needed.map(({ name }) => name));
  const name = path.posix.basename(provider.file);
  const libraries = missingLibraries({ provider: provider.file, needed, cudaMajor }, host);
  if (!driver) return { ...nothing, libraries, cudaMajor };
  return {
    files,
    libraries,
    cudaMajor,
    driverLibrary: driverLibraryProblem(needed, host),
    driver: cudaMajor === null ? null : driverProblem(host, needed, [cudaMajor], name),
  };
}

function filesProblem({ engine, provider, files }: ProviderLook): Reason | null {
  if (engine === null)
    return makeReason(
      'package-missing',
      'The npm package `onnxruntime-node` does not resolve from this project.',
      { 'onnxruntime-node': null },
      'Install the project again; onnxruntime-node comes with `@switchyard/ort-host`.',
    );
  const unusable = files.flatMap(({ file, object }) => (object.ok ? [] : [{ file, why: object.why }]));
  if (unusable.length === 0) return null;
  const absent = unusable.filter(({ why }) => why === 'it does not exist');
  const names = absent.map(({ file }) => `\`${path.posix.basename(file)}\``).join(' and ');
  const [damaged] = unusable.filter(({ why }) => why !== 'it does not exist');
  const message =
    absent.length > 0
      ? `onnxruntime-node ${engine.version} is installed without its ${TITLES[provider]} provider: ${names} ${absent.length > 1 ? 'are' : 'is'} not in \`${engine.folder}\`.`
      : `\`${damaged!.file}\` of onnxruntime-node ${engine.version} cannot be loaded: ${damaged!.why}.`;
  return makeReason(
    'artifact-missing',
    message,
    Object.fromEntries(unusable.map(({ file, why }) => [file, why])),
    // `true` alone forces the download: `cuda12` as a value is parsed and then dropped (script/install.js of 1.30.0).
    `Run \`ONNXRUNTIME_NODE_INSTALL=true node ${quoted(`${engine.root}/script/install.js`)}\`, which downloads the NuGet ` +
      `package Microsoft.ML.OnnxRuntime.Gpu.Linux ${ORT_VERSION} and checks no checksum.`,
  );
}

function distinct(libraries: readonly NeededLibrary[]): readonly NeededLibrary[] {
  const byName = new Map<string, NeededLibrary>();
  for (const library of libraries) if (!byName.has(library.name)) byName.set(library.name, library);
  return [...byName.values()];
}

function quoted(file: string): string {
  return /^[\w./@+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
