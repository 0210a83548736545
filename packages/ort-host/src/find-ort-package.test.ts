import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runScript } from './__fixtures__/run-script.ts';
import { findOrtPackage } from './find-ort-package.ts';
import { ORT_VERSION } from './ort-facts.ts';

it('finds the package, its version, and the folder of the binding', () => {
  const found = findOrtPackage();
  expect(found?.version).toBe(ORT_VERSION);
  expect(existsSync(path.join(found!.folder, 'onnxruntime_binding.node'))).toBe(true);
  expect(existsSync(path.join(found!.root, 'script', 'install.js'))).toBe(true);
});

it('says so when the package does not resolve', () => {
  const module = new URL('load-ort-library.ts', import.meta.url).href;
  const { status, stdout, stderr } = runScript(
    `
    import { locateOrtPackage } from ${JSON.stringify(module)};
    console.log(JSON.stringify(locateOrtPackage(process.argv.at(-1))));`,
    [path.resolve('/nowhere.js')],
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'null\n', stderr: '' });
});
