import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findPackage, type FoundPackage } from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';
import { engineOf, record, SIMPLE_NAME, text, unreadable } from './engine-metadata.ts';
import type { NativePart, PartPlatform } from './native-part.ts';

/** The CUDA libraries of onnxruntime-node, as the metadata of its install script describes them. */
export function cudaPart(backend: FoundPackage, system: PartPlatform): NativePart {
  const host = findPackage('@switchyard/ort-host', backend.folder);
  const engine = engineOf('onnxruntime-node', host ?? backend);
  const file = join(engine.folder, 'script', 'install-metadata.js');
  const metadata = record(loadMetadata(file), file);
  const platform = `${system.platform}/${system.arch}`;
  const required = record(metadata['requirements'], file)[platform];
  const name = Array.isArray(required)
    ? (required as unknown[]).find((one) => typeof one === 'string' && one.startsWith('cuda'))
    : undefined;
  if (typeof name !== 'string') {
    throw new AcquireError(
      'not-acquirable',
      `onnxruntime-node ${engine.version} has no CUDA libraries for ${platform}; there is nothing to acquire.`,
      'Run `switchyard explain` for what this machine can use.',
    );
  }
  const manifest = record(record(metadata['manifests'], file)[`${platform}:${name}`], file);
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
