// `changeset version` writes package.json only; the backend reports the constant in src/version.ts.
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('src/version.ts', `/** Version of this package. */\nexport const VERSION = '${version}';\n`);
