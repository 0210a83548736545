import { join } from 'node:path';
import { createRequire } from 'node:module';
import {
  findPackage,
  isRecord,
  readManifest,
  type Discovery,
  type FoundPackage,
} from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';

/** A native part of an engine that its npm package leaves to an install script. */
export interface NativePart {
  readonly backend: string;
  readonly engine: { readonly name: string; readonly version: string; readonly folder: string };
  /** File name of the archive that holds it. */
  readonly archive: string;
  readonly format: 'zip' | 'tar.gz';
  /** Where the engine's own install script would get it, as its package says. */
  readonly origin:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'nuget'; readonly index: string; readonly name: string; readonly version: string };
  /** Absolute path of the folder in which the engine looks. */
  readonly destination: string;
  /**
   * Files without which it is not there, relative to the destination; the last is put there last. `from` is the path
   * in the archive, and `null` where the whole archive is unpacked.
   */
  readonly files: readonly { readonly file: string; readonly from: string | null }[];
  readonly licence: string;
  readonly notes: readonly string[];
}

/** Backends with a native part that npm does not carry. */
export const ACQUIRABLE: readonly string[] = ['cuda', 'openvino'];

/** The system that the part is for. */
export interface PartPlatform {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
}

/**
 * What the installed engine of a backend says about its native part. Reads the engine's metadata; nothing native is
 * loaded, and no connection is opened.
 *
 * @throws AcquireError `not-acquirable`
 */
export function nativePart(id: string, discovery: Discovery, system: PartPlatform): NativePart {
  if (!ACQUIRABLE.includes(id)) {
    throw new AcquireError(
      'not-acquirable',
      `\`${id}\` has no native part that npm does not carry; only ${ACQUIRABLE.map((one) => `\`${one}\``).join(' and ')} have.`,
      `See \`switchyard backends add ${id}\`.`,
    );
  }
  const found = discovery.firstParty.find(({ entry }) => entry.id === id)?.found ?? null;
  if (found === null) {
    throw new AcquireError(
      'not-acquirable',
      `The native part of \`${id}\` belongs to an engine that comes with its package, and that is not installed here.`,
      `Run \`switchyard backends add ${id}\` first.`,
    );
  }
  return id === 'cuda' ? cudaPart(found, system) : openvinoPart(found, system);
}

function cudaPart(backend: FoundPackage, system: PartPlatform): NativePart {
  const host = findPackage('@switchyard/ort-host', backend.folder);
  const engine = engineOf('onnxruntime-node', host ?? backend);
  const file = join(engine.folder, 'script', 'install-metadata.js');
  const metadata = record(loadMetadata(file), file);
  const platform = `${system.platform}/${system.arch}`;
  const required = record(metadata['requirements'], file)[platform];
  const name = Array.isArray(required)
    ? (required as unknown[]).find((one) => /^cuda/.test(String(one)))
    : undefined;
  if (name === undefined) {
    throw new AcquireError(
      'not-acquirable',
      `onnxruntime-node ${engine.version} has no CUDA libraries for ${platform}; there is nothing to acquire.`,
      'Run `switchyard explain` for what this machine can use.',
    );
  }
  const manifest = record(record(metadata['manifests'], file)[`${platform}:${String(name)}`], file);
  const files = Object.entries(manifest).map(([target, source]) => ({
    file: fileName(target, file),
    from: text(record(source, file)['path'], file),
    package: text(record(source, file)['package'], file),
  }));
  const packages = new Set(files.map((one) => one.package));
  if (files.length === 0 || packages.size !== 1) throw unreadable(file);
  const candidates = record(record(metadata['packages'], file)[[...packages][0]!], file);
  const [version] = Array.isArray(candidates['versions']) ? (candidates['versions'] as unknown[]) : [];
  const chosen = record(version, file);
  const feed = record(record(metadata['feeds'], file)[text(chosen['feed'], file)], file);
  const nuget = {
    name: text(candidates['name'], file).toLowerCase(),
    version: text(chosen['version'], file).toLowerCase(),
  };
  const archive = `${nuget.name}.${nuget.version}.nupkg`;
  if (!SIMPLE_NAME.test(archive)) throw unreadable(file);
  return {
    backend: 'cuda',
    engine,
    archive,
    format: 'zip',
    origin: { kind: 'nuget', index: text(feed['index'], file), ...nuget },
    destination: join(engine.folder, 'bin', 'napi-v6', system.platform, system.arch),
    // The provider itself comes last: as long as it is absent, nobody takes the rest for complete.
    files: files
      .map(({ file: target, from }) => ({ file: target, from }))
      .toSorted((left, right) => Number(/cuda/.test(left.file)) - Number(/cuda/.test(right.file))),
    licence:
      'ONNX Runtime is under the MIT licence, and the archive holds its text. The libraries link NVIDIA CUDA and cuDNN, which are not in it and have terms of their own.',
    notes: [
      'The engine looks for these libraries beside its own and nowhere else, so they are put into `node_modules`.',
      'What installs packages anew can remove them: run this again then. Nothing that is there is changed.',
    ],
  };
}

function openvinoPart(backend: FoundPackage, system: PartPlatform): NativePart {
  const engine = engineOf('openvino-node', backend);
  const file = join(engine.folder, 'package.json');
  const binary = record(readManifest(file)?.['binary'], file);
  const fill = (template: string): string =>
    template
      .replaceAll('{version}', engine.version)
      .replaceAll('{platform}', system.platform)
      .replaceAll('{arch}', system.arch)
      .replaceAll('{extension}', 'tar.gz');
  const supported = ['linux/x64', 'linux/arm64', 'win32/x64', 'darwin/arm64'];
  const platform = `${system.platform}/${system.arch}`;
  if (!supported.includes(platform)) {
    throw new AcquireError(
      'not-acquirable',
      `openvino-node ${engine.version} has no runtime for ${platform}; it has one for ${supported.join(', ')}.`,
      'Run `switchyard explain` for what this machine can use.',
    );
  }
  const archive = fill(text(binary['package_name'], file));
  if (!SIMPLE_NAME.test(archive)) throw unreadable(file);
  const path = `${fill(text(binary['remote_path'], file))}${archive}`;
  return {
    backend: 'openvino',
    engine,
    archive,
    format: 'tar.gz',
    origin: { kind: 'url', url: new URL(path, text(binary['host'], file)).href },
    destination: join(engine.folder, 'bin'),
    files: [{ file: 'ov_node_addon.node', from: null }],
    licence:
      'OpenVINO is under the Apache License 2.0; what it brings along has licences of its own, whose texts are in the archive.',
    notes: [
      '`openvino-node` loads its runtime from its own folder `bin` and from nowhere else, so it is put into `node_modules`.',
      'What installs packages anew can remove it: run this again then. Nothing that is there is changed.',
    ],
  };
}

const SIMPLE_NAME = /^[\w.-]+$/;

function engineOf(name: string, from: FoundPackage): NativePart['engine'] {
  const found = findPackage(name, from.folder);
  const version = found?.manifest['version'];
  if (found === null || typeof version !== 'string') {
    throw new AcquireError(
      'not-acquirable',
      `The engine \`${name}\` does not resolve from \`${from.folder}\`, so that nobody knows which part belongs to it.`,
      'Install the dependencies of this project again.',
    );
  }
  if (/\.zip[\\/]/.test(found.folder)) {
    throw new AcquireError(
      'not-acquirable',
      `\`${name}\` is in an archive (\`${found.folder}\`), where nothing can be added.`,
      "With Yarn's Plug'n'Play, unplug it: `yarn unplug " + name + '`.',
    );
  }
  return { name, version, folder: found.folder };
}

function loadMetadata(file: string): unknown {
  try {
    // The engine's own list of what its install script downloads: data in the form of a module.
    return createRequire(file)(file) as unknown;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function fileName(target: string, file: string): string {
  const name = target.replace(/^\.\//, '');
  if (!SIMPLE_NAME.test(name) || name.startsWith('.')) throw unreadable(file);
  return name;
}

function record(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw unreadable(file);
  return value;
}

function text(value: unknown, file: string): string {
  if (typeof value !== 'string' || value === '') throw unreadable(file);
  return value;
}

function unreadable(file: string, cause?: unknown): AcquireError {
  return new AcquireError(
    'not-acquirable',
    `\`${file}\` does not say in a form that this program knows what the engine's install script downloads.`,
    'Use the version of the engine that this release of Switchyard is written for.',
    cause,
  );
}
