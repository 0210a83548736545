// node --conditions=@switchyard/source packages/backend-conformance/scripts/generate-hardware-table.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { evidenceFiles, hardwareTable, readmeWith, ROOT } from './hardware-table.ts';

const file = new URL('README.md', ROOT);
writeFileSync(file, readmeWith(readFileSync(file, 'utf8'), hardwareTable(evidenceFiles())));
