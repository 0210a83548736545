import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RESOLUTIONS } from '../packed-project.ts';
import { moduleEntries, readManifest, ROOT } from '../workspace.ts';
import { cellName, ENGINES, type Cell } from './cells.ts';
import { runProgram } from './run-program.ts';

/** Looks whether the engines that came along are those that may come along, and all of them. */
export function checkEngines(cell: Cell, packages: ReadonlyMap<string, number>): void {
  const names = [...packages.keys()].map((key) => key.slice(0, key.lastIndexOf('@')));
  const came = ENGINES.filter((name) => names.includes(name));
  if (came.join() === cell.engines.join()) return;
  throw new Error(
    `${cellName(cell)} brings [${came.join(', ')}] where [${cell.engines.join(', ')}] is expected.`,
  );
}

/** Imports every entry of the package, and looks whether its commands are there. */
export async function checkImport(
  cell: Cell,
  project: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const code = `for (const entry of ${JSON.stringify(entriesOf(cell))}) {
    const names = Object.keys(await import(entry));
    if (names.length === 0) throw new Error(entry + ' exports nothing');
  }`;
  await silent(['--input-type=module', '--eval', code], project, environment);
  for (const command of Object.keys(cell.package.manifest.bin ?? {})) {
    const link = join(project, 'node_modules/.bin', command);
    if (existsSync(link) || existsSync(`${link}.cmd`)) continue;
    throw new Error(`The command \`${command}\` is not in node_modules/.bin.`);
  }
}

/** Checks a program that imports every entry, with every declaration that it reaches, as both kinds of projects do. */
export async function checkTypes(cell: Cell, project: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const types = join(project, 'node_modules/@types/node');
  if (!existsSync(types)) {
    mkdirSync(dirname(types), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, 'node_modules/@types/node')), types, 'junction');
  }
  const imports = entriesOf(cell).map(
    (entry, index) =>
      `import * as entry${index} from '${entry}';\nconsole.log(Object.keys(entry${index}));\n`,
  );
  writeFileSync(join(project, 'imports.ts'), imports.join(''));
  const manifest = createRequire(join(ROOT, 'package.json')).resolve('typescript/package.json');
  const compiler = join(dirname(manifest), readManifest(dirname(manifest)).bin!['tsc']!);
  for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      // Declarations of third parties are theirs; a project that checks ours with them is in packed-consumer.test.ts.
      skipLibCheck: true,
      noEmit: true,
    };
    const config = `tsconfig.${name}.json`;
    writeFileSync(join(project, config), JSON.stringify({ compilerOptions, files: ['imports.ts'] }));
    await silent([compiler, '-p', config], project, environment);
  }
}

function entriesOf({ package: { manifest }, without }: Cell): readonly string[] {
  return moduleEntries(manifest)
    .map(({ specifier }) => specifier)
    .filter((specifier) => !without.includes(specifier));
}

async function silent(
  args: readonly string[],
  project: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { status, stdout, stderr } = await runProgram(process.execPath, args, project, environment);
  if (status === 0 && stderr === '') return;
  throw new Error(`\`node ${args.join(' ')}\` ended with ${status}:\n${stdout}\n${stderr}`);
}
