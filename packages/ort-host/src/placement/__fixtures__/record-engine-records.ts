// Records what the parsers are tested with. Run it where software Vulkan is (scripts/install-software-vulkan.sh), in
// this package's folder, with the variables of .tools/vulkan/env.json set:
//   node --conditions=@switchyard/source src/placement/__fixtures__/record-engine-records.ts
// It opens `placementModels()` with onnxruntime-node 1.30.0 and keeps the lines that matter.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadOrtLibrary } from '../../load-ort-library.ts';
import { PLACEMENT_MARK } from '../parse-verbose-placement.ts';
import { branchModel } from './branch-model.ts';

const here = import.meta.dirname;
const providers = [{ name: 'webgpu', forceCpuNodeNames: ['inner_add'] }];

async function open(extra: object): Promise<void> {
  const { library } = loadOrtLibrary('webgpu');
  const options = { executionProviders: providers, logSeverityLevel: 4, ...extra };
  const session = await library.InferenceSession.create(branchModel(), options);
  const condition = { type: 'bool', dims: [], data: Uint8Array.of(1), location: 'cpu' };
  const x = { type: 'float32', dims: [2], data: Float32Array.of(-1, 2), location: 'cpu' };
  await session.run({ condition, x }, ['y']);
  await session.run({ condition, x }, ['y']);
  if ('enableProfiling' in extra) session.endProfiling();
  await session.release();
}

if (process.argv[2] === 'log') {
  await open({ logSeverityLevel: 0 });
} else {
  const child = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, 'log'], { encoding: 'utf8' });
  const lines = child.stderr.split('\n').filter((line) => line.includes(PLACEMENT_MARK));
  writeFileSync(path.join(here, 'branch-webgpu.log'), `${lines.join('\n')}\n`);
  const folder = mkdtempSync(path.join(tmpdir(), 'record-'));
  await open({ enableProfiling: true, profileFilePrefix: path.join(folder, 'profile') });
  const file = readdirSync(folder).find((name) => name.endsWith('.json'))!;
  writeFileSync(path.join(here, 'branch-webgpu-profile.json'), readFileSync(path.join(folder, file)));
  rmSync(folder, { recursive: true });
}
