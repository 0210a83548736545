import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../__fixtures__/cli.ts';
import { findProject } from '@switchyard/composition';
import { findEngines } from './find-engines.ts';

const engine = (version: string): string => JSON.stringify({ name: 'onnxruntime-node', version });
const versions = (files: Readonly<Record<string, string>>): readonly string[] =>
  findEngines(findProject(temporaryFolder(files)))
    .filter(({ ours }) => !ours)
    .map(({ version, path }) => `${version} ${path.slice(path.indexOf('node_modules'))}`);

describe('copies of onnxruntime-node', () => {
  it('are found at the top, inside others, below scopes, in the store of pnpm, and under another name', () => {
    const found = versions({
      'package.json': '{"dependencies":{"old-engine":"npm:onnxruntime-node@1.24.3","one":"*"}}',
      'node_modules/old-engine/package.json': engine('1.24.3'),
      'node_modules/onnxruntime-node/package.json': engine('1.20.0'),
      'node_modules/one/package.json': '{"name":"one"}',
      'node_modules/one/node_modules/onnxruntime-node/package.json': engine('1.21.0'),
      'node_modules/@two/three/node_modules/onnxruntime-node/package.json': engine('1.22.0'),
      'node_modules/.pnpm/onnxruntime-node@1.23.0/node_modules/onnxruntime-node/package.json':
        engine('1.23.0'),
      'node_modules/onnxruntime-web/package.json': '{"name":"onnxruntime-web","version":"1.0.0"}',
    });
    expect(found).toEqual([
      '1.23.0 node_modules/.pnpm/onnxruntime-node@1.23.0/node_modules/onnxruntime-node',
      '1.22.0 node_modules/@two/three/node_modules/onnxruntime-node',
      '1.24.3 node_modules/old-engine',
      '1.21.0 node_modules/one/node_modules/onnxruntime-node',
      '1.20.0 node_modules/onnxruntime-node',
    ]);
  });

  it('of this program are known without a project', () => {
    expect(findEngines(null)).toEqual([
      { version: expect.stringMatching(/^\d+\.\d+\.\d+$/), path: expect.any(String), ours: true },
    ]);
  });
});
