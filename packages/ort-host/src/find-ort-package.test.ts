import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findOrtPackage } from './find-ort-package.ts';
import { locateOrtPackage } from './load-ort-library.ts';
import { ORT_VERSION } from './ort-facts.ts';

it('finds the package, its version, and the folder of the binding', () => {
  const found = findOrtPackage();
  expect(found?.version).toBe(ORT_VERSION);
  expect(existsSync(path.join(found!.folder, 'onnxruntime_binding.node'))).toBe(true);
  expect(existsSync(path.join(found!.root, 'script', 'install.js'))).toBe(true);
});

it('says so when the package does not resolve', () => {
  expect(locateOrtPackage(path.resolve('/nowhere.js'))).toBeNull();
});
