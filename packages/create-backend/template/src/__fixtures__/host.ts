import { readFileSync } from 'node:fs';
import type { HostFacts } from '@switchyard/core';
import { parseHostFacts } from '@switchyard/core/host';

const FILE = new URL('host.json', import.meta.url);

/** Facts of a machine that has the device; host.json is what `switchyard host --json` printed there. */
// fill-in: Record host.json anew on a machine that has your device.
export const HOST: HostFacts = parseHostFacts(readFileSync(FILE, 'utf8'), 'src/__fixtures__/host.json');
