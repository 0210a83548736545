import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { tarFile } from './tar-file.ts';

const { platform, arch } = process;
const manifest = (name: string, version: string, rest: object = {}): string =>
  JSON.stringify({ name, version, ...rest });

/** Folders of a {@link engineProject} in which its engines look for what npm does not carry. */
export const CUDA_PLACE: string = `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
export const OPENVINO_PLACE = 'node_modules/openvino-node/bin';

/** Names of the archives that its engines ask for. */
export const CUDA_ARCHIVE = 'acme.onnxruntime.gpu.9.9.9.nupkg';
export const OPENVINO_ARCHIVE = `openvino_nodejs_bindings_${platform}_9.9.9_${arch}.tar.gz`;

/**
 * A project with the packages of `cuda` and `openvino` over engines whose own metadata, in the form that the real ones
 * have, points to a server of a test.
 */
export function engineProject(origin: string): Readonly<Record<string, string>> {
  const file = (name: string): object => ({ package: 'nuget:cuda', path: `runtimes/native/${name}` });
  const metadata = {
    requirements: { [`${platform}/${arch}`]: ['cuda12'] },
    manifests: {
      [`${platform}/${arch}:cuda12`]: {
        './libonnxruntime_providers_cuda.so': file('libonnxruntime_providers_cuda.so'),
        './libonnxruntime_providers_shared.so': file('libonnxruntime_providers_shared.so'),
      },
    },
    packages: { 'nuget:cuda': { name: 'Acme.OnnxRuntime.Gpu', versions: [{ feed: 'nuget', version: '9.9.9' }] } },
    feeds: { nuget: { type: 'nuget', index: `${origin}/index.json` } },
  };
  return {
    'package.json': JSON.stringify({
      name: 'a-project',
      dependencies: { '@switchyard/backend-cuda': '*', '@switchyard/backend-openvino': '*' },
    }),
    'node_modules/@switchyard/backend-cuda/package.json': manifest('@switchyard/backend-cuda', '0.0.0', {
      dependencies: { '@switchyard/ort-host': '*' },
    }),
    'node_modules/@switchyard/backend-openvino/package.json': manifest('@switchyard/backend-openvino', '0.0.0'),
    'node_modules/@switchyard/ort-host/package.json': manifest('@switchyard/ort-host', '0.0.0', {
      dependencies: { 'onnxruntime-node': '*' },
    }),
    'node_modules/onnxruntime-node/package.json': manifest('onnxruntime-node', '9.9.9'),
    'node_modules/onnxruntime-node/script/install-metadata.js': `module.exports = ${JSON.stringify(metadata)};`,
    [`${CUDA_PLACE}/onnxruntime_binding.node`]: 'the binding',
    'node_modules/openvino-node/package.json': manifest('openvino-node', '9.9.9', {
      binary: {
        module_path: './bin/',
        remote_path: './{version}/{platform}/',
        package_name: 'openvino_nodejs_bindings_{platform}_{version}_{arch}.tar.gz',
        host: origin,
      },
    }),
  };
}

/** An archive of both libraries, large enough to be cut in the middle. */
export function cudaArchive(): Uint8Array {
  const noise = new Uint8Array(300_000).map((_zero, index) => (index * 7919 + (index >> 3) * 104_729) % 251);
  return zipSync(
    {
      'runtimes/native/libonnxruntime_providers_cuda.so': noise,
      'runtimes/native/libonnxruntime_providers_shared.so': new TextEncoder().encode('the bridge'),
      'LICENSE.txt': new TextEncoder().encode('MIT'),
    },
    { level: 0 },
  );
}

/** An archive with a link between its files, as the real one has. */
export function openvinoArchive(): Uint8Array {
  return tarFile([
    { name: 'ov_node_addon.node', content: 'the addon' },
    { name: 'libopenvino.so.2640', content: 'the runtime' },
    { name: 'libopenvino.so', type: '2', link: 'libopenvino.so.2640' },
    { name: 'docs/', type: '5' },
    { name: 'docs/licence.txt', content: 'Apache-2.0' },
  ]);
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
