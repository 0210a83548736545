import { writeFileSync } from 'node:fs';
import { faultsPage } from '../src/acceptance/__fixtures__/all-faults.ts';

writeFileSync(new URL('../../../docs/reference/server-faults.md', import.meta.url), faultsPage());
