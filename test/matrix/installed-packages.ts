import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../workspace.ts';

/**
 * Every package that a package manager put into `node_modules`, with the bytes of its files, by `name@version`. The
 * layouts of npm, pnpm and Yarn's `node-modules` are read; a package that is there twice counts once.
 */
export function installedPackages(modules: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  visit(modules, found);
  return found;
}

function visit(modules: string, found: Map<string, number>): void {
  if (!existsSync(modules)) return;
  for (const name of readdirSync(modules)) {
    const place = join(modules, name);
    // pnpm keeps every package in a folder of its own and links to it from where it is asked for.
    if (name === '.pnpm')
      for (const own of readdirSync(place)) visit(join(place, own, 'node_modules'), found);
    if (name.startsWith('.') || !lstatSync(place).isDirectory()) continue;
    if (name.startsWith('@')) {
      visit(place, found);
      continue;
    }
    const { name: full, version } = readManifest(place);
    found.set(`${full}@${version}`, bytesIn(place));
    visit(join(place, 'node_modules'), found);
  }
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? 0 : bytesIn(place);
    return entry.isFile() ? lstatSync(place).size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
