import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { killUnderLoad, withKilledServer } from '../src/acceptance/__fixtures__/kill-drill.ts';

const kills = numberFrom('SWITCHYARD_KILLS', 100);

for (const isBatched of [false, true]) {
  await runDrill(() => withKilledServer(isBatched, (server) => killUnderLoad(server, kills, isBatched)));
  if (process.exitCode !== 0) break;
}
