// `changeset version` writes package.json only. The constants that backends and the CLI report are
// source files, so that nothing has to be read at run time; this brings them along.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(join(ROOT, group))) {
    const file = join(ROOT, group, name, 'src', 'version.ts');
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(join(ROOT, group, name, 'package.json'), 'utf8'));
    const source = readFileSync(file, 'utf8');
    const updated = source.replace(/(VERSION[^=]*= )'[^']*'/, `$1'${version}'`);
    if (!updated.includes(`'${version}'`)) throw new Error(`${file} holds no VERSION constant to update.`);
    writeFileSync(file, updated);
  }
}
