import path from 'node:path';
import { expect, it } from 'vitest';
import { runScript } from './__fixtures__/run-script.ts';
import { findOrtArtifacts } from './find-ort-artifacts.ts';

const binding = { name: 'binding', file: 'onnxruntime_binding.node', remedy: 'Install it.' };
const other = { name: 'other library', file: 'libother.so', remedy: 'Run the script.' };

it('finds what is there and says where the rest is missing', async () => {
  const [found, absent] = await findOrtArtifacts([binding, other]);
  expect(found).toEqual({ name: 'binding', present: true, problem: null });
  expect(absent).toMatchObject({ name: 'other library', present: false });
  expect(absent!.problem).toMatchObject({ code: 'artifact-missing', remedy: 'Run the script.' });
  expect(absent!.problem!.message).toMatch(
    /The other library is not at `.*napi-v6.*libother\.so` \(ENOENT\)\.$/,
  );
});

it('says so when the package does not resolve', () => {
  const { status, stdout, stderr } = runScript(
    `
    import { findOrtArtifacts } from '@switchyard/ort-host';
    const files = [{ name: 'binding', file: 'onnxruntime_binding.node', remedy: 'Install it.' }];
    console.log(JSON.stringify(await findOrtArtifacts(files, process.argv.at(-1))));`,
    [path.resolve('/nowhere.js')],
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject([{ present: false, problem: { code: 'package-missing' } }]);
});
