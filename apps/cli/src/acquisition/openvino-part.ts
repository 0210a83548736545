import { join } from 'node:path';
import { readManifest, type FoundPackage } from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';
import { engineOf, record, SIMPLE_NAME, text, unreadable } from './engine-metadata.ts';
import type { NativePart, PartPlatform } from './native-part.ts';

/** The runtime of openvino-node, as the field `binary` of its package.json describes it. */
export function openvinoPart(backend: FoundPackage, system: PartPlatform): NativePart {
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
