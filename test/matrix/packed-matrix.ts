// npm run packed-matrix: every published package alone, as npm, pnpm and Yarn install it. See docs/decisions/0030.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalRegistry } from '../local-registry.ts';
import { packEverything } from '../packed-project.ts';
import { readText, ROOT } from '../workspace.ts';
import { cellName, ENGINES, matrixCells, type Cell } from './cells.ts';
import { packageManagers, personEnvironment, type PackageManager } from './package-managers.ts';
import { CHECKS, runCell, type CellResult } from './run-cell.ts';
import { readmeWithSizes, SIZES_FILE, sizeTable, type PackedSizes } from './sizes.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    manager: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-matrix-')));
try {
  packEverything(folder);
  await using registry = await startLocalRegistry(join(folder, 'tarballs'));
  const managers = packageManagers(join(folder, 'home'), registry.url).filter(
    ({ name }) => values.manager === undefined || values.manager === name,
  );
  const cells = matrixCells().filter((cell) => cellName(cell).includes(values.only ?? ''));
  const columns = await Promise.all(managers.map(async (manager) => runColumn(manager, cells)));
  const problems = cells.flatMap((cell, row) => differences(cell, columns, row));
  for (const [column, manager] of managers.entries()) {
    for (const [row, cell] of cells.entries()) {
      for (const [check, problem] of Object.entries(columns[column]![row]!.checks)) {
        if (problem === null) continue;
        problems.push(`${cellName(cell)}, ${manager.name}, ${check}: ${problem}`);
      }
    }
  }
  for (const problem of problems) print(`\nFAILED ${problem}`);
  const versions = await Promise.all(managers.map(async (one) => [one.name, await one.version()] as const));
  const measured: PackedSizes = {
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    managers: Object.fromEntries(versions),
    sizes: cells.map((cell, row) => sizeOf(cell, columns[0]![row]!, managers)),
  };
  print(`\n${sizeTable(measured)}\n`);
  print(`${cells.length} packages, ${managers.length} package managers, ${problems.length} problems`);
  if (values.write && problems.length === 0) {
    if (values.only !== undefined || values.manager !== undefined)
      throw new Error('Only a whole run is written.');
    writeFileSync(join(ROOT, SIZES_FILE), `${JSON.stringify(measured, null, 2)}\n`);
    writeFileSync(join(ROOT, 'README.md'), readmeWithSizes(readText('README.md'), sizeTable(measured)));
  }
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runColumn(manager: PackageManager, cells: readonly Cell[]): Promise<readonly CellResult[]> {
  const results: CellResult[] = [];
  for (const [row, cell] of cells.entries()) {
    const project = join(folder, 'projects', `${manager.name}-${row}`);
    const home = join(folder, 'homes', `${manager.name}-${row}`);
    const result = await runCell(cell, manager, project, personEnvironment(home));
    const said = CHECKS.map((check) => {
      const problem = result.checks[check];
      return `${check} ${problem === undefined ? '-' : problem === null ? 'ok' : 'FAILED'}`;
    });
    print(`${manager.name.padEnd(4)}  ${cellName(cell)}: ${said.join(', ')}`);
    results.push(result);
  }
  return results;
}

/**
 * The package managers must bring the same packages with the same bytes. One byte may be missing: some of them take away
 * the carriage return that `wavefile` has after the first line of its command.
 */
function differences(
  cell: Cell,
  columns: readonly (readonly CellResult[])[],
  row: number,
): readonly string[] {
  const lists = columns.map((column) => column[row]!.packages);
  const names = new Set(lists.flatMap((list) => [...list.keys()]));
  return [...names].flatMap((name) => {
    const sizes = lists.map((list) => list.get(name) ?? Number.NaN);
    if (Math.max(...sizes) - Math.min(...sizes) <= 1) return [];
    return `${cellName(cell)}: \`${name}\` differs between the package managers: ${sizes.join(', ')} bytes.`;
  });
}

function sizeOf(
  cell: Cell,
  { packages }: CellResult,
  managers: readonly PackageManager[],
): PackedSizes['sizes'][number] {
  const engines = [...packages].flatMap(([key, bytes]) => {
    const name = key.slice(0, key.lastIndexOf('@'));
    return ENGINES.includes(name) ? [[key, bytes] as const] : [];
  });
  return {
    cell: cellName(cell),
    backend: cell.backend,
    managers: managers.map(({ name }) => name),
    bytes: [...packages.values()].reduce((sum, size) => sum + size, 0),
    engines: Object.fromEntries(engines),
    packages: packages.size,
  };
}
