import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillInsOf } from './fill-ins.ts';
import { COMMANDS } from './package-managers.ts';
import type { ProjectAnswers } from './project-answers.ts';

const PACKAGE = join(import.meta.dirname, '..');
const TEMPLATE = join(PACKAGE, 'template');
/** What is stored under another name, because npm, a workspace or a linter would take it for its own. */
const STORED: readonly (readonly [stored: RegExp, name: string])[] = [
  [/^_(github|changeset|gitignore|npmrc)/, '.$1'],
  [/^_(package\.json|tsconfig|vitest)/, '$1'],
];

/** The files of a new package by their paths, with slashes. Writes nothing. */
export function renderProject(answers: ProjectAnswers): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const stored of storedFiles()) {
    const name = nameOf(stored, answers);
    if (name !== null) files.set(name, fill(stored, answers));
  }
  const readme = files.get('README.md');
  if (readme === undefined) throw new Error('The template has no README.md.');
  const list = fillInsOf(files).map(({ file, text }) => `- \`${file}\`: ${text}`);
  files.set('README.md', readme.replace('<fill-ins>', list.join('\n')));
  return new Map([...files].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function storedFiles(): readonly string[] {
  return readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(TEMPLATE.length + 1)
        .replaceAll('\\', '/'),
    );
}

/** Name of a file in the new package, or `null` where another kind of device is meant. */
function nameOf(stored: string, { id, deviceKind }: ProjectAnswers): string | null {
  const forCpu = stored.startsWith('src/predicate-cpu.');
  const forAccelerators = stored.startsWith('src/predicate.');
  if (deviceKind === 'cpu' ? forAccelerators : forCpu) return null;
  const name = STORED.reduce((path, [pattern, replacement]) => path.replace(pattern, replacement), stored);
  return name.replace('predicate-cpu.', 'predicate.').replaceAll('template-id', id);
}

function fill(stored: string, answers: ProjectAnswers): string {
  const { id, packageName, title, deviceKind, packageManager } = answers;
  const commands = COMMANDS[packageManager];
  const text = readFileSync(join(TEMPLATE, stored), 'utf8')
    .replaceAll("'./predicate-cpu.ts'", "'./predicate.ts'")
    .replaceAll('@template/package', packageName)
    .replaceAll('template-id', id)
    .replaceAll('TemplateId', pascal(id))
    .replaceAll('Template Title', title)
    .replaceAll("DeviceKind = 'npu'", `DeviceKind = '${deviceKind}'`)
    .replaceAll('"kind": "npu"', `"kind": "${deviceKind === 'gpu' ? 'gpu' : 'npu'}"`)
    .replaceAll('      # <setup-package-manager>\n', commands.setup)
    .replaceAll('<install-frozen>', commands.installFrozen)
    .replaceAll('<install>', commands.install)
    .replaceAll('<run>', commands.run);
  return stored === '_package.json' ? withVersions(text) : text;
}

/** The versions that this package was itself tested with: its own manifest is the one list of them. */
function withVersions(text: string): string {
  const own = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return text.replaceAll(/"([^"]+)": "<version>"/g, (_whole, name: string) => {
    const range = own.devDependencies[name];
    if (range === undefined)
      throw new Error(`The template asks for \`${name}\`, of which no version is known.`);
    // In the workspace the versions stand elsewhere; a packed package has them here.
    return `"${name}": "${/^(?:workspace|catalog):/.test(range) ? '*' : caret(range)}"`;
  });
}

function caret(range: string): string {
  return /^\d/.test(range) ? `^${range}` : range;
}

function pascal(id: string): string {
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
