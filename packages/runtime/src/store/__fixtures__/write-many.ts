// Writes one key over and over, as one of several processes of a test.
import { openStore } from '../open-store.ts';

const [folder, name] = process.argv.slice(2) as [string, string];
const store = openStore(folder, { onWarning: (message) => process.stderr.write(`${message}\n`) });
for (let round = 0; round < 100; round += 1) {
  await store.write('probe', 'shared', { name, round, filler: name.repeat(2000) });
}
