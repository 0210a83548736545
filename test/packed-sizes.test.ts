import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BACKENDS, readText } from './workspace.ts';
import { cellName, matrixCells } from './matrix/cells.ts';
import { checkEngines } from './matrix/check-package.ts';
import { installedPackages } from './matrix/installed-packages.ts';
import { readmeWithSizes, readSizes, sizeTable } from './matrix/sizes.ts';

const cells = matrixCells();
const { sizes } = readSizes();

it('the README has the table of what was measured', () => {
  const readme = readText('README.md');
  expect(readmeWithSizes(readme, sizeTable(readSizes()))).toBe(readme);
});

it('every published package was installed alone with npm, pnpm and Yarn', () => {
  expect(sizes.map(({ cell }) => cell)).toEqual(cells.map(cellName));
  for (const { cell, managers, bytes } of sizes) {
    expect(managers, cell).toEqual(['npm', 'pnpm', 'yarn']);
    expect(bytes, cell).toBeGreaterThan(0);
  }
  expect(new Set(sizes.flatMap(({ backend }) => backend ?? [])).size).toBe(BACKENDS.length);
});

it.each(cells.map((cell) => [cellName(cell), cell] as const))(
  '%s brought no foreign engine',
  (name, cell) => {
    const { engines } = sizes.find((size) => size.cell === name)!;
    const names = Object.keys(engines).map((key) => key.slice(0, key.lastIndexOf('@')));
    expect(names).toEqual(cell.engines);
  },
);

it('a README without the marks is refused', () => {
  expect(() => readmeWithSizes('# Nothing', '')).toThrow('no marks');
});

it('packages are counted once, in the layouts of npm and of pnpm', () => {
  const modules = mkdtempSync(join(tmpdir(), 'switchyard-sizes-'));
  const install = (place: string, name: string, version: string, bytes: number): number => {
    mkdirSync(join(modules, place), { recursive: true });
    const manifest = JSON.stringify({ name, version });
    writeFileSync(join(modules, place, 'package.json'), manifest);
    writeFileSync(join(modules, place, 'code.js'), 'x'.repeat(bytes));
    return manifest.length + bytes;
  };
  try {
    const outer = install('outer', 'outer', '1.0.0', 10);
    const nested = install('outer/node_modules/@scope/inner', '@scope/inner', '2.0.0', 20);
    install('@scope/inner', '@scope/inner', '2.0.0', 20);
    const stored = install('.pnpm/stored@3.0.0/node_modules/stored', 'stored', '3.0.0', 30);
    symlinkSync(join(modules, '.pnpm/stored@3.0.0/node_modules/stored'), join(modules, 'stored'), 'junction');
    writeFileSync(join(modules, '.modules.yaml'), 'a file of the package manager');
    expect(Object.fromEntries(installedPackages(modules))).toEqual({
      'outer@1.0.0': outer,
      '@scope/inner@2.0.0': nested,
      'stored@3.0.0': stored,
    });
  } finally {
    rmSync(modules, { recursive: true, force: true });
  }
});

it('an engine that does not belong to a package is a problem, and so is one that is missing', () => {
  const cell = cells.find(({ backend }) => backend === 'cpu')!;
  const came = (...names: readonly string[]) => new Map(names.map((name) => [`${name}@1.0.0`, 1]));
  expect(() => checkEngines(cell, came('onnxruntime-node'))).not.toThrow();
  expect(() => checkEngines(cell, came('onnxruntime-node', 'openvino-node'))).toThrow(
    /brings \[.*openvino-node/,
  );
  expect(() => checkEngines(cell, came())).toThrow('brings []');
});
