import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { ModelSourceV1 } from '@switchyard/core';
import type { Core, NodeAddon } from 'openvino-node';
import type { OpenvinoConfig } from './openvino-options.ts';
import { saidText } from './openvino-error.ts';
import type { OpenvinoTarget } from './openvino-target.ts';
import { OPENVINO_NODE_VERSION } from './version.ts';

/** Device properties that change when a compiled model must not be used again, by what lists them. */
const DEVICE_FACTS = [
  'FULL_DEVICE_NAME',
  'DEVICE_ARCHITECTURE',
  'OPTIMIZATION_CAPABILITIES',
  'NPU_DRIVER_VERSION',
  'NPU_COMPILER_VERSION',
  'GPU_UARCH_VERSION',
] as const;

/**
 * Everything that a compiled model depends on, as 32 hexadecimal digits: content of the model, size and
 * time of the data files beside it, properties, device with its driver as far as OpenVINO tells, plugin, OpenVINO and kernel. The driver
 * of a GPU is not told; the release of the system's kernel stands for it.
 */
export async function modelFingerprint(request: {
  readonly library: NodeAddon;
  readonly core: Core;
  readonly target: OpenvinoTarget;
  readonly config: OpenvinoConfig;
  readonly source: ModelSourceV1;
}): Promise<string> {
  const { library, core, target, config, source } = request;
  const facts = {
    schema: 1,
    model: await contentHash(source),
    data: 'path' in source ? await dataFiles(source.path) : [],
    config: Object.entries(config).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    device: target.name,
    binding: OPENVINO_NODE_VERSION,
    openvino: attempt(() => library.getOpenvinoVersion().buildNumber),
    plugins: attempt(() =>
      Object.entries(core.getVersions(target.name)).map(([name, { buildNumber }]) => [name, buildNumber]),
    ),
    properties: DEVICE_FACTS.map((name) => attempt(() => core.getProperty(target.name, name))),
    system: [process.platform, process.arch, release()],
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** A fact that cannot be had is part of the fingerprint as what was said instead. */
function attempt(read: () => unknown): unknown {
  try {
    return read() ?? 'not told';
  } catch (error) {
    return saidText(error);
  }
}

async function contentHash(source: ModelSourceV1): Promise<string> {
  const hash = createHash('sha256');
  if ('bytes' in source) return hash.update(source.bytes).digest('hex');
  for await (const chunk of createReadStream(source.path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

const DATA_FILE = /(?:\.bin|\.data|[._]weights?|_data(?:_\d+)?)$/;

/** Name, size and time of the files beside a model that can hold its weights; they may be too large to read. */
async function dataFiles(path: string): Promise<readonly unknown[]> {
  const folder = dirname(path);
  const own = basename(path);
  const stem = basename(path, extname(path));
  const names = (await readdir(folder)).filter(
    (name) => name !== own && (name.startsWith(`${stem}.`) || DATA_FILE.test(name)),
  );
  return Promise.all(
    names.toSorted().map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return [name, size, mtimeMs];
    }),
  );
}
